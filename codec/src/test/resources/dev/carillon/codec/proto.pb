1.0
$01930a5b-7c00-7abc-8def-0123456789abshop"com.shop.field*
subjectshop.things*
time:¿èÜÿïöÔ:*)
datacontenttypeapplication/protobuf*!
sequence0000000000000000042*
carillonpublishershop#1BG
8type.googleapis.com/google.protobuf.FieldDescriptorProto
count 