package dev.carillon.flow;

import java.util.List;

/** What an attempt is given in the reference. */
record ReferenceCall(ReferenceState state, ReferenceCell cell) implements ReferenceScript.Call {

  private boolean hasContext() {
    PartDraft<?> part = cell.node.part;
    return part != null && part.form.wantsContext();
  }

  @Override
  public long iteration() {
    return hasContext() ? cell.iteration : 0;
  }

  @Override
  public int attempt() {
    return hasContext() ? cell.attempt : 0;
  }

  @Override
  public List<Object> inputs() {
    return cell.inputs;
  }

  @Override
  public Object read(Key<?> key) {
    Object own = cell.written.get(key);
    Object value = own == null ? state.keys(key, cell).get(key) : own;
    Object initial = key.initial();
    if (value != null) {
      return value;
    }
    if (initial == null) {
      throw new IllegalStateException("nothing was written: key=" + key.name());
    }
    return initial;
  }

  @Override
  public void write(Key<?> key, Object value) {
    cell.written.put(key, value);
  }

  @Override
  public Outcome<?> outcome(String part) {
    return state.outcomeOf(part, cell.iteration);
  }
}
