package dev.carillon.event;

import java.util.Arrays;
import java.util.stream.Stream;

/** The two surfaces of an event system; tests of what both promise run on each. */
enum Surface {
  OBJECTS {
    @Override
    Subject create(EventSystem events) {
      return new Subject.OfObject(events.newEvent());
    }

    @Override
    Subject merge(EventSystem events, Subject... inputs) {
      return new Subject.OfObject(events.merge(objects(inputs).toArray(Event[]::new)));
    }

    @Override
    Subject mergeFailFast(EventSystem events, Subject... inputs) {
      return new Subject.OfObject(events.mergeFailFast(objects(inputs).toList()));
    }

    private Stream<Event> objects(Subject... inputs) {
      return Arrays.stream(inputs).map(Subject::object);
    }
  },

  RAW {
    @Override
    Subject create(EventSystem events) {
      return new Subject.OfRaw(events.raw(), events.raw().create());
    }

    @Override
    Subject merge(EventSystem events, Subject... inputs) {
      return new Subject.OfRaw(events.raw(), events.raw().merge(raw(events, inputs)));
    }

    @Override
    Subject mergeFailFast(EventSystem events, Subject... inputs) {
      return new Subject.OfRaw(events.raw(), events.raw().mergeFailFast(raw(events, inputs)));
    }

    private long[] raw(EventSystem events, Subject... inputs) {
      return Arrays.stream(inputs).mapToLong(s -> events.raw().raw(s.handle())).toArray();
    }
  };

  abstract Subject create(EventSystem events);

  abstract Subject merge(EventSystem events, Subject... inputs);

  abstract Subject mergeFailFast(EventSystem events, Subject... inputs);
}
