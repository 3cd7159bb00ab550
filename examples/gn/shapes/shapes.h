#ifndef SHAPES_SHAPES_H_
#define SHAPES_SHAPES_H_

class Shape {
 public:
  virtual long Area() const = 0;
  virtual const char* Name() const = 0;

 protected:
  ~Shape() = default;
};

const Shape& BigSquare();
void Describe(const Shape& shape);

#endif
