1.0
$01930a5b-7c00-7abc-8def-0123456789abshop"com.shop.order.v1*
subjectshop.things*
time:¿èÜÿïöÔ:*%
datacontenttypeapplication/json*!
sequence0000000000000000042*
carillonpublishershop#1:Ù{"number":"01930a5b-7c00-7abc-8def-0123456789ff","items":[{"name":"apple","count":-1,"size":"SMALL"}],"prices":{"apple":1.50},"note":null,"total":123456789012345678901234567890,"weight":0.1,"seen":-9223372036854775808,"paid":true,"seal":"AA=="}