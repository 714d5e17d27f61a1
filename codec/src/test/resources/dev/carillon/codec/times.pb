1.0
$01930a5b-7c00-7abc-8def-0123456789abshop"com.shop.times*
subjectshop.things*
time:¿èÜÿïöÔ:*%
datacontenttypeapplication/json*!
sequence0000000000000000042*
carillonpublishershop#1:‰{"instant":"2026-11-21T12:00:00Z","date":"2026-11-21","local":"2026-11-21T12:00:00.5","offset":"2026-11-21T12:00:00+05:30","zoned":"2026-11-21T12:00:00+01:00[Europe/Berlin]","duration":"PT1M30.5S","maybe":"1970-01-01T00:00:00Z"}