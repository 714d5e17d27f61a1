/**
 * Orders and rates are fetched over HTTP from a server that fails now and then, cleaned, and
 * written to files, several days at once. Begin with {@code Etl}; {@code Shop} is the server,
 * {@code ShopClient} who asks it, {@code Warehouse} the files.
 */
package dev.carillon.examples.etl;
