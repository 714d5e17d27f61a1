package dev.carillon.binary;

import org.jspecify.annotations.Nullable;

/** How a component is written: what is known of its type needs no byte in the value. */
enum PartKind {
  BOOLEAN('Z', boolean.class) {
    @Override
    void write(Output out, @Nullable Object value) {
      out.putBoolean((boolean) some(value));
    }

    @Override
    Object read(Input in, Class<?> declared) {
      return in.getBoolean();
    }
  },
  BYTE('B', byte.class) {
    @Override
    void write(Output out, @Nullable Object value) {
      out.putByte((byte) some(value));
    }

    @Override
    Object read(Input in, Class<?> declared) {
      return in.getByte();
    }
  },
  SHORT('S', short.class) {
    @Override
    void write(Output out, @Nullable Object value) {
      out.putInt((short) some(value));
    }

    @Override
    Object read(Input in, Class<?> declared) {
      return in.getShort();
    }
  },
  CHAR('C', char.class) {
    @Override
    void write(Output out, @Nullable Object value) {
      out.putVar((char) some(value));
    }

    @Override
    Object read(Input in, Class<?> declared) {
      return in.getChar();
    }
  },
  INT('I', int.class) {
    @Override
    void write(Output out, @Nullable Object value) {
      out.putInt((int) some(value));
    }

    @Override
    Object read(Input in, Class<?> declared) {
      return in.getInt();
    }
  },
  LONG('J', long.class) {
    @Override
    void write(Output out, @Nullable Object value) {
      out.putLong((long) some(value));
    }

    @Override
    Object read(Input in, Class<?> declared) {
      return in.getLong();
    }
  },
  FLOAT('F', float.class) {
    @Override
    void write(Output out, @Nullable Object value) {
      out.putFloat((float) some(value));
    }

    @Override
    Object read(Input in, Class<?> declared) {
      return in.getFloat();
    }
  },
  DOUBLE('D', double.class) {
    @Override
    void write(Output out, @Nullable Object value) {
      out.putDouble((double) some(value));
    }

    @Override
    Object read(Input in, Class<?> declared) {
      return in.getDouble();
    }
  },
  TEXT('T', String.class) {
    @Override
    void write(Output out, @Nullable Object value) {
      out.text((String) value);
    }

    @Override
    @Nullable Object read(Input in, Class<?> declared) {
      return in.text();
    }

    @Override
    void skip(Input in) {
      in.skipText();
    }
  },
  ANY('A', Object.class) {
    @Override
    void write(Output out, @Nullable Object value) {
      out.any(value);
    }

    @Override
    @Nullable Object read(Input in, Class<?> declared) {
      return in.any(declared);
    }

    @Override
    void skip(Input in) {
      in.skip();
    }
  };

  final byte letter;
  final Class<?> type;

  PartKind(char letter, Class<?> type) {
    this.letter = (byte) letter;
    this.type = type;
  }

  static PartKind of(Class<?> declared) {
    for (PartKind kind : values()) {
      if (kind.type == declared) {
        return kind;
      }
    }
    return ANY;
  }

  static PartKind of(byte letter) {
    for (PartKind kind : values()) {
      if (kind.letter == letter) {
        return kind;
      }
    }
    throw new Failure("the kind of a component must be one of ZBSCIJFDTA: kind=" + letter);
  }

  abstract void write(Output out, @Nullable Object value);

  /**
   * {@return what was written}
   *
   * @param declared what it has to be; of no meaning for other kinds than {@code ANY}
   */
  abstract @Nullable Object read(Input in, Class<?> declared);

  void skip(Input in) {
    read(in, type);
  }

  private static Object some(@Nullable Object value) {
    if (value == null) {
      throw new Failure("a component of a primitive type must not be null: value=null");
    }
    return value;
  }
}
