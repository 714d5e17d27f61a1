package dev.carillon.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.net.InetSocketAddress;

/**
 * An echo by Netty's NIO transport: one thread that accepts and serves, its decoder of frames with
 * a length, a handler that writes each frame and flushes when all that was read is done.
 */
final class NettyEcho {
  private NettyEcho() {}

  /** {@return the port of a server that runs until its process ends} */
  static int start() throws InterruptedException {
    Channel server =
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()))
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, SocketServer.BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Pipeline())
            .bind(SocketLoad.address(0))
            .sync()
            .channel();
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  private static final class Pipeline extends ChannelInitializer<Channel> {
    private static final Echo ECHO = new Echo();

    @Override
    protected void initChannel(Channel channel) {
      channel
          .pipeline()
          .addLast(
              new LengthFieldBasedFrameDecoder(
                  EchoFrames.LARGEST, 0, Integer.BYTES, 0, Integer.BYTES),
              ECHO);
    }
  }

  @Sharable
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var frame = (ByteBuf) message;
      int length = frame.readableBytes();
      ByteBuf answer = context.alloc().ioBuffer(Integer.BYTES + length);
      answer.writeInt(length).writeBytes(frame);
      frame.release();
      context.write(answer, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
      throw new BenchmarkException("a connection failed", cause);
    }
  }
}
