/**
 * The façade: {@link dev.carillon.Carillon} opens the layers of Carillon together and closes them
 * together. Each layer can as well be used alone; the façade adds no behaviour.
 */
package dev.carillon;
