#pragma once

struct Shape {
    virtual ~Shape();
    virtual long area() const = 0;
};

struct Square : Shape {
    explicit Square(long side) : side(side) {}
    long area() const override;
    long side;
};
