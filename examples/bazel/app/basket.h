// A basket of things; in libbasket.dylib, which asks libprice.dylib.
#pragma once

struct Basket {
    virtual ~Basket() = default;
    virtual void add(long thing) = 0;
    virtual long sum() const = 0;
};

Basket &basket();
