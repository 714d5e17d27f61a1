1.0
$01930a5b-7c00-7abc-8def-0123456789abshop"dev.carillon.bytes*
subjectshop.things*
time:À†Ø•šï:*!
sequence0000000000000000042*
carillonpublishershop#12ÿ