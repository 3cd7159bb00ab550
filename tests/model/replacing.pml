/* How vafit replaces files: docs/replacing.md as a model that spin searches whole.
 *
 * Two runs, each over one image or both, each fix or undo, and a linker, in every order. Each run may be
 * killed before every step. After them an undisturbed run must end it all. FAULT names a rule that is
 * left out; each must lead to an error (tests/stories/model.sh).
 *
 * A byte is a file: which one, and so also what is in it. That two files differ is what digests and
 * stamps tell in the code. */
#ifndef FAULT
#define FAULT 0
#endif

#ifndef WIDE
#define WIDE 0 /* 1: both runs may be over both images */
#endif
#ifndef LINKS
#define LINKS 1
#endif

#define IMAGES 2
#define NOTHING 0
#define EMPTY 1 /* a new file, just made */
#define PART 2  /* a new file, half written */
#define LINKED(v) (4 + (v))
#define REWRITTEN(r, v) (16 + 4 * (r) + (v))
#define IS_LINKED(f) ((f) >= 4 && (f) < 16)
#define IS_REWRITTEN(f) ((f) >= 16)
#define VERSION(f) ((f) & 3)
#define BEFORE 3 /* the run that was before all others */
#define LAST 2   /* the run after all others */

byte target[IMAGES];         /* NAME */
byte new[IMAGES];            /* NAME.vafit-new */
byte original[IMAGES];       /* NAME.unstripped */
byte earlier[IMAGES];        /* NAME.unstripped.vafit-new, when another original had the name */
byte journal[IMAGES];        /* NAME.vafit-journal: 1 + the run that wrote it */
byte locks_new[IMAGES];      /* 1 + the run that has a lock of what NAME.vafit-new names */
byte locks_target[IMAGES];   /* 1 + the run that has a lock of what NAME names */
byte locks_earlier[IMAGES];  /* 1 + the run that has a lock of what it put aside as the original */
byte locks_journal[3];       /* of a run's journal: 1 + the run that has the lock */
byte was[6], made[6];        /* what a run's journal says of each image */
bool names[6];               /* whether it names it */
byte version[IMAGES];        /* the last that was linked */
byte ended;                  /* how many runs */

#define IS_CLEAN ((!wants[0] || new[0] == NOTHING) && (!wants[1] || new[1] == NOTHING))
#define AT(r, i) ((r) * 2 + (i))

/* No moment in which an image is not whole, or in which the last version is nowhere. */
inline holds(k) {
    assert(IS_LINKED(target[k]) || IS_REWRITTEN(target[k]));
    assert(target[k] == LINKED(version[k]) || new[k] == LINKED(version[k]) ||
           original[k] == LINKED(version[k]) || earlier[k] == LINKED(version[k]))
}

inline may_die() {
    if
    :: r != LAST -> goto dead
    :: true
    fi
}

inline exchange(k, swap) {
    swap = target[k];
    target[k] = new[k];
    new[k] = swap;
    swap = 0
}

/* Step sweep: what an ended run left as NAME.vafit-new goes. */
inline sweep(k) {
    atomic {
        if
        :: new[k] == NOTHING
        :: else ->
            if
            :: locks_new[k] != 0 || locks_target[k] != 0 -> goto failed
            :: else
            fi;
            if
            :: journal[k] != 0 && FAULT != 5 -> goto failed
            :: else -> new[k] = NOTHING
            fi;
            holds(k)
        fi
    }
}

inline sweep_earlier(k) {
    atomic {
        if
        :: earlier[k] != NOTHING && locks_earlier[k] != 0 -> goto failed
        :: else -> earlier[k] = NOTHING
        fi;
        holds(k)
    }
}

/* Step give back: of image k, whose name `own` may have. */
inline give_back(k, own) {
    may_die();
    atomic {
        if
        :: target[k] != own && FAULT != 12 -> new[k] = NOTHING
        :: else ->
            expected = own;
            put = new[k];
            exchange(k, swap);
            locks_target[k] = 0
        fi;
        holds(k)
    }
    do
    :: expected == 0 -> break
    :: else ->
        may_die();
        atomic {
            if
            :: new[k] == expected || FAULT == 12 -> new[k] = NOTHING; expected = 0
            :: else ->
                expected = put;
                put = new[k];
                exchange(k, swap)
            fi;
            holds(k)
        }
    od;
    put = 0
}

/* One file is left of an entry: the run had taken all names, or was giving them back. */
#define ENDED(k, file) (names[AT(j, k)] && new[k] == NOTHING && target[k] == file[AT(j, k)])

/* Step resume: an entry of the journal of run j. */
inline resume_entry(k) {
    atomic {
        if
        :: !names[AT(j, k)] || (journal[k] != j + 1 && FAULT != 7) || new[k] == NOTHING -> act = 0
        :: else ->
            if
            :: locks_new[k] != 0 -> goto failed
            :: else -> locks_new[k] = r + 1
            fi;
            if
            :: target[k] == was[AT(j, k)] && new[k] == made[AT(j, k)] && !takes_back -> act = 1
            :: target[k] == made[AT(j, k)] && new[k] != EMPTY &&
               (new[k] != was[AT(j, k)] || takes_back) -> act = 2
            :: else -> act = 3
            fi
        fi
    }
    may_die();
    if
    :: act == 1 ->
        atomic { exchange(k, swap); holds(k) }
        may_die();
        if
        :: new[k] == was[AT(j, k)]
        :: else -> give_back(k, made[AT(j, k)])
        fi
    :: act == 2 -> give_back(k, made[AT(j, k)])
    :: else
    fi;
    may_die();
    atomic {
        if
        :: act != 0 -> new[k] = NOTHING; locks_new[k] = 0
        :: else
        fi;
        act = 0;
        holds(k)
    }
}

inline resume(k) {
    j = journal[k];
    do
    :: j == 0 -> break
    :: else ->
        atomic {
            j--;
            if
            :: locks_journal[j] != 0 -> goto failed
            :: else -> locks_journal[j] = r + 1
            fi;
            if
            :: journal[k] == j + 1 ->
                takes_back = (names[AT(j, 0)] && journal[0] != j + 1) ||
                             (names[AT(j, 1)] && journal[1] != j + 1) || ENDED(0, was) ||
                             ENDED(1, was) || (undoes && !ENDED(0, made) && !ENDED(1, made))
            :: else -> locks_journal[j] = 0; j = journal[k]; goto failed
            fi
        }
        resume_entry(0);
        resume_entry(1);
        may_die();
        if
        :: journal[0] == j + 1 -> journal[0] = 0
        :: else
        fi;
        may_die();
        atomic {
            if
            :: journal[1] == j + 1 -> journal[1] = 0
            :: else
            fi;
            locks_journal[j] = 0;
            takes_back = false;
            j = 0
        }
    od;
    may_die();
    sweep(k);
    may_die();
    sweep_earlier(k)
}

/* What is read, and what is to be done with it. */
inline look(k) {
    atomic {
        read[k] = target[k];
        wants[k] = (IS_LINKED(target[k]) && !undoes) ||
                   (IS_REWRITTEN(target[k]) && undoes && original[k] == LINKED(VERSION(target[k])));
        is_itself[k] = undoes && original[k] == target[k]
    }
}

/* Step make: under undo another name of the original, else a file that is written. */
inline make(k) {
    sweep(k);
    may_die();
    atomic {
        if
        :: new[k] != NOTHING -> goto failed
        :: undoes && original[k] == NOTHING -> goto failed
        :: else
        fi;
        own[k] = (undoes -> original[k] : REWRITTEN(r, VERSION(read[k])));
        new[k] = (undoes -> original[k] : EMPTY);
        locks_new[k] = (FAULT == 10 && undoes -> 0 : r + 1)
    }
    may_die();
    atomic {
        if
        :: journal[k] != 0 && FAULT != 8 -> new[k] = NOTHING; locks_new[k] = 0; own[k] = 0; goto failed
        :: else
        fi
    }
    if
    :: !undoes ->
        new[k] = PART;
        may_die();
        new[k] = own[k]
    :: else
    fi;
    if
    :: FAULT == 6 -> locks_new[k] = 0
    :: else
    fi
}

/* Step put aside: never another file than that which was read. */
inline put_aside(k) {
    may_die();
    atomic {
        if
        :: target[k] != read[k] -> goto failed
        :: original[k] == read[k]
        :: original[k] == NOTHING -> original[k] = read[k]; aside[k] = true
        :: else -> earlier[k] = original[k]; original[k] = read[k]; aside[k] = true
        fi;
        locks_earlier[k] = (aside[k] -> r + 1 : locks_earlier[k]);
        holds(k)
    }
}

/* Step journal. */
inline write_journal(k) {
    may_die();
    atomic {
        if
        :: journal[k] != 0 -> goto failed
        :: else -> journal[k] = r + 1
        fi
    }
}

/* Step take: a look, the exchange, a look at what came out. */
inline take(k) {
    may_die();
    atomic {
        if
        :: target[k] != read[k] && FAULT != 1 -> goto failed
        :: new[k] != own[k] -> goto failed
        :: else
        fi
    }
    may_die();
    atomic {
        exchange(k, swap);
        took[k] = true;
        locks_new[k] = 0;
        locks_target[k] = r + 1;
        holds(k)
    }
    may_die();
    if
    :: new[k] != read[k] && FAULT != 1 && FAULT != 2 ->
        took[k] = false;
        give_back(k, own[k]);
        goto failed
    :: else
    fi
}

/* Step clean. */
inline clean(k) {
    may_die();
    atomic {
        if
        :: took[k] -> new[k] = NOTHING
        :: else
        fi;
        holds(k)
    }
    may_die();
    atomic {
        if
        :: aside[k] -> earlier[k] = NOTHING; locks_earlier[k] = 0
        :: else
        fi;
        holds(k)
    }
}

/* Step remove: the original, under undo. */
inline remove_original(k) {
    may_die();
    atomic {
        if
        :: wants[k] -> original[k] = NOTHING
        :: else
        fi;
        holds(k)
    }
}

/* Step end: the journal goes. */
inline end_journal(k) {
    may_die();
    atomic {
        if
        :: journal[k] == r + 1 && IS_CLEAN -> journal[k] = 0
        :: else
        fi
    }
}

/* A file that has its original's name already: only that name goes, while nobody else is at it. */
inline remove_itself(k) {
    if
    :: is_itself[k] ->
        sweep(k);
        may_die();
        atomic {
            if
            :: new[k] != NOTHING || journal[k] != 0 -> goto failed
            :: else -> new[k] = EMPTY; locks_new[k] = r + 1
            fi
        }
        may_die();
        if
        :: FAULT == 14 -> atomic { original[k] = NOTHING; holds(k) }
        :: else ->
            atomic {
                if
                :: original[k] == target[k] -> original[k] = NOTHING
                :: else
                fi;
                holds(k)
            }
        fi;
        may_die();
        atomic { new[k] = NOTHING; locks_new[k] = 0; is_itself[k] = false }
    :: else
    fi
}

#define BOTH(step) \
    if :: wants[0] -> step(0) :: else fi; \
    if :: wants[1] -> step(1) :: else fi

/* One run to its end. */
inline work() {
    if :: has[0] -> resume(0) :: else fi;
    if :: has[1] -> resume(1) :: else fi;
    if :: has[0] -> look(0) :: else fi;
    if :: has[1] -> look(1) :: else fi;
    BOTH(make);
    if :: !undoes && FAULT != 4 -> BOTH(put_aside) :: else fi;
    atomic {
        locks_journal[r] = r + 1;
        names[AT(r, 0)] = wants[0];
        names[AT(r, 1)] = wants[1];
        was[AT(r, 0)] = read[0];
        was[AT(r, 1)] = read[1];
        made[AT(r, 0)] = own[0];
        made[AT(r, 1)] = own[1]
    }
    if :: FAULT != 3 -> BOTH(write_journal) :: else fi;
    is_written = true;
    BOTH(take);
    if :: FAULT == 3 -> BOTH(write_journal) :: else fi;
    /* What does not fit in the end is taken back. */
    if
    :: r != LAST && !undoes -> goto failed
    :: true
    fi;
    if :: undoes && FAULT == 11 -> BOTH(remove_original) :: else fi;
    BOTH(clean);
    if :: !undoes && FAULT == 4 -> BOTH(put_aside) :: else fi;
    if :: undoes && FAULT != 9 && FAULT != 11 -> BOTH(remove_original) :: else fi;
    end_journal(1);
    end_journal(0);
    atomic {
        locks_journal[r] = 0;
        locks_target[0] = (locks_target[0] == r + 1 -> 0 : locks_target[0]);
        locks_target[1] = (locks_target[1] == r + 1 -> 0 : locks_target[1])
    }
    if :: undoes && FAULT == 9 -> BOTH(remove_original) :: else fi;
    remove_itself(0);
    remove_itself(1);
    is_done = true;
    goto over
}

/* In place of the end nothing of this run stays. Once there is a journal, whoever resumes takes
 * originals for granted: new files go before them. Without one the new files' locks keep other runs
 * from the originals: they go last. */
inline give_name_back(k) {
    if
    :: took[k] && new[k] == read[k] -> give_back(k, own[k])
    :: else
    fi
}

inline discard(k) {
    may_die();
    atomic {
        if
        :: !took[k] && own[k] != 0 && locks_new[k] == r + 1 -> new[k] = NOTHING; locks_new[k] = 0
        :: else
        fi
    }
}

inline give_original_back(k) {
    may_die();
    atomic {
        if
        :: aside[k] && original[k] == read[k] -> original[k] = earlier[k]; earlier[k] = NOTHING; locks_earlier[k] = 0
        :: else
        fi;
        holds(k)
    }
}

inline take_journal_away(k) {
    may_die();
    atomic {
        if
        :: journal[k] == r + 1 && locks_journal[r] == r + 1 && IS_CLEAN -> journal[k] = 0
        :: else
        fi
    }
}

inline give_up_locks(k) {
    if :: locks_new[k] == r + 1 -> locks_new[k] = 0 :: else fi;
    if :: locks_target[k] == r + 1 -> locks_target[k] = 0 :: else fi;
    if :: locks_earlier[k] == r + 1 -> locks_earlier[k] = 0 :: else fi;
    if :: locks_journal[k] == r + 1 -> locks_journal[k] = 0 :: else fi
}

/* What is over was done, whole, unless a later link or a later run is the last word. */
inline is_whole(k) {
    assert(!wants[k] || version[k] != VERSION(read[k]) || undoes || original[k] == read[k] ||
           target[k] == read[k])
}

proctype vafit(byte r) {
    bool has[IMAGES], wants[IMAGES], aside[IMAGES], took[IMAGES], is_itself[IMAGES];
    byte read[IMAGES], own[IMAGES];
    byte j, swap, put, expected, act;
    bool undoes, takes_back, is_written, is_done;
    if
    :: r == LAST -> has[0] = true; has[1] = true
    :: r == 0 -> has[0] = true; has[1] = true
    :: r == 1 -> has[0] = true
    :: r == 1 && WIDE -> has[0] = true; has[1] = true
    fi;
    if
    :: undoes = true
    :: true
    fi;
    work();
failed:
    assert(r != LAST);
    if
    :: !is_written -> take_journal_away(1); take_journal_away(0)
    :: else -> give_name_back(1); give_name_back(0)
    fi;
    if
    :: (is_written && FAULT != 15) || FAULT == 13 -> discard(1); discard(0)
    :: else
    fi;
    give_original_back(1);
    give_original_back(0);
    discard(1);
    discard(0);
    take_journal_away(1);
    take_journal_away(0);
over:
dead:
    atomic {
        if
        :: is_done -> is_whole(0); is_whole(1)
        :: else
        fi;
        give_up_locks(0);
        give_up_locks(1);
        if :: locks_journal[2] == r + 1 -> locks_journal[2] = 0 :: else fi;
        if
        :: r == LAST ->
            assert(is_done);
            assert(new[0] == NOTHING && new[1] == NOTHING && journal[0] == 0 && journal[1] == 0);
            assert(earlier[0] == NOTHING && earlier[1] == NOTHING);
            assert(!undoes || (target[0] == LINKED(version[0]) && target[1] == LINKED(version[1])));
            assert(undoes || (IS_REWRITTEN(target[0]) && IS_REWRITTEN(target[1])));
            assert(undoes || (original[0] == LINKED(version[0]) && original[1] == LINKED(version[1])))
        :: else
        fi;
        ended++
    }
}

/* A new file takes the name, whatever has it. */
proctype linker(byte links) {
    byte k;
    do
    :: links == 0 -> break
    :: links != 0 ->
        atomic {
            select(k : 0 .. 1);
            version[k]++;
            target[k] = LINKED(version[k]);
            locks_target[k] = 0;
            links--;
            k = 0
        }
    :: true -> break
    od;
    ended++
}

init {
    atomic {
        target[0] = LINKED(0);
        target[1] = LINKED(0);
        if
        :: true /* linked, and nothing else */
        :: target[0] = REWRITTEN(BEFORE, 0); original[0] = LINKED(0)
        :: target[0] = REWRITTEN(BEFORE, 0); original[0] = LINKED(0);
           target[1] = REWRITTEN(BEFORE, 0); original[1] = LINKED(0)
        :: original[0] = LINKED(0); version[0] = 1; target[0] = LINKED(1)
        :: original[0] = LINKED(0)
        fi;
        run vafit(0);
        run vafit(1);
        run linker(LINKS)
    }
    (ended == 3);
    atomic { ended = 0; run vafit(LAST) }
}
