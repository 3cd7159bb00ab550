// What a thing costs; in libprice.dylib.
#pragma once

long price_of(long thing);
