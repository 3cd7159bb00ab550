/* The C++ program: shapes from two dylibs, and what all three images define and share. */
#ifndef SHAPE_H
#define SHAPE_H

extern "C" void host_print_int(const char *label, long value);
extern "C" void host_print_string(const char *text);

/* Says when an object begins and ends: static ones show the order of initialisers and destructors.
 */
struct Trace {
    const char *end;
    Trace(const char *begin, const char *end) : end(end) {
        host_print_string(begin);
    }
    ~Trace() {
        host_print_string(end);
    }
};

/* Defined in libshape. */
struct Shape {
    virtual ~Shape();
    virtual long area() const = 0;
    virtual const char *name() const;
};

struct Square : Shape {
    explicit Square(long side);
    long area() const override;
    long side;
};

/* Has no home: each image that uses it defines its table and its type information, weakly. */
struct Marked {
    virtual ~Marked() {
    }
    virtual long mark() const {
        return 7;
    }
};

/* Defined in libround. */
Shape *make_circle(long radius);
long count_in_round();
long count_in_shape();

/* One for all images, though each defines it. */
template <typename T> struct Counter {
    static long count;
    static long next() {
        return ++count;
    }
};
template <typename T> long Counter<T>::count = 0;

inline long shared_number = 40;

/* The first image that calls it says where the numbers begin. */
inline long next_number(long first) {
    static long number = [](long start) { return start * 100; }(first);
    return ++number;
}

#endif
