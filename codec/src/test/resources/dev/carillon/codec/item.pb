1.0
$01930a5b-7c00-7abc-8def-0123456789abshop"com.shop.item.v1*
subject
shop.items*
time:¿èÜÿïöÔ:*%
datacontenttypeapplication/json*
correlationidc-1*5
causationid&$01930a5b-7c00-7abc-8def-0123456789aa*!
sequence0000000000000000042*
carillonpublishershop#1*
carillonhops*
tenant7:){"name":"apple","count":2,"size":"LARGE"}