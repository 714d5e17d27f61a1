1.0
$01930a5b-7c00-7abc-8def-0123456789abshop"com.shop.size*
subjectshop.things*
time:À†Ø•šï:*%
datacontenttypeapplication/json*!
sequence0000000000000000042*
carillonpublishershop#1:"LARGE"