// A program whose generic functions have more names than it needs at run time.
trait Step {
    fn take(value: u64) -> u64;
}

struct Start;
struct Then<S>(S);

impl Step for Start {
    fn take(value: u64) -> u64 {
        value
    }
}

impl<S: Step> Step for Then<S> {
    #[inline(never)]
    fn take(value: u64) -> u64 {
        S::take((value * 31 + 7) % 65521)
    }
}

type Two<S> = Then<Then<S>>;
type Eight<S> = Two<Two<Two<Two<S>>>>;
type Many = Eight<Eight<Eight<Eight<Start>>>>;

fn main() {
    println!("steps {}", Many::take(std::env::args().count() as u64));
}
