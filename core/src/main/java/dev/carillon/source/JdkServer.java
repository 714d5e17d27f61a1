package dev.carillon.source;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** Makes servers of the JDK. */
final class JdkServer {
  /*
   * Some limits of the JDK's server are properties of the system, read once when its first server is
   * made. They are set here before that, unless somebody has set them; if the program has used such a
   * server before, those of that time hold.
   */
  static final String MAX_CONNECTIONS = "jdk.httpserver.maxConnections";
  static final String MAX_HEADER_SIZE = "sun.net.httpserver.maxReqHeaderSize";
  private static final int BACKLOG = 128;
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  static {
    setUnlessSet(MAX_CONNECTIONS, "1024");
    setUnlessSet(MAX_HEADER_SIZE, "65536");
  }

  private JdkServer() {}

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  static HttpServer bound(HttpSettings settings) throws IOException {
    InetSocketAddress address = settings.address();
    SSLContext tls = settings.tls();
    if (tls == null) {
      return HttpServer.create(address, BACKLOG);
    }
    HttpsServer server = HttpsServer.create(address, BACKLOG);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = tls.getDefaultSSLParameters();
            wanted.setProtocols(PROTOCOLS);
            wanted.setNeedClientAuth(settings.needsCertificate());
            parameters.setSSLParameters(wanted);
          }
        });
    return server;
  }
}
