/* The executable of the throwing program. */
#include "errors.h"

static void attempt(int what, long value) {
    try {
        host_print_int("result", middle(what, value));
    } catch (const DeepError &error) {
        host_print_string(error.text());
        host_print_int("deep code", error.code);
    } catch (const Error &error) {
        host_print_string(error.text());
        host_print_int("code", error.code);
    } catch (long number) {
        host_print_int("number", number);
    } catch (...) {
        host_print_string("something");
    }
}

static void on_thread(void *context) {
    host_print_string("a thread");
    attempt(THROW_DEEP, *static_cast<long *>(context));
    host_print_int("deep calls", deep_calls);
    host_print_int("middle catches", middle_catches);
}

int main() {
    long code = 9;
    attempt(THROW_NOTHING, 1);
    attempt(THROW_NUMBER, 5);
    attempt(THROW_ERROR, 6);
    attempt(THROW_DEEP, 7);
    attempt(THROW_PLAIN, 8);
    attempt(THROW_FRAMES, 2);
    host_on_thread(on_thread, &code);
    host_print_int("deep calls", deep_calls);
    host_print_int("middle catches", middle_catches);
    return 4;
}
