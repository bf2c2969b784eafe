/*
 * Two-phase commit for SPIN, as in tests/toys/two_phase_commit.hpp: the same actions, the same
 * invariant, and exactly as many states. `spin -a -DN=7 two_phase_commit.pml` for 7 managers.
 *
 * Written so that SPIN does well: sets of managers are bit fields, an action is one d_step, and the
 * only process is always at the head of its loop, so that no state is stored but those of the
 * protocol.
 */
#ifndef N
#define N 3
#endif
#define ALL ((1 << N) - 1)

#define bit_of(m) (1 << (m))
#define has(set, m) ((set) & bit_of(m))
#define insert(set, m) set = set | bit_of(m)
#define remove(set, m) set = set & ~bit_of(m)

/* A manager is working until it is in one of these sets. */
unsigned is_prepared : N;
unsigned is_committed : N;
unsigned is_aborted : N;

/* Messages, a set from which nothing is taken. */
unsigned prepared : N;
bit commit;
bit abort;

/* The coordinator has decided once commit or abort is sent. */
unsigned heard : N;

#define undecided (!commit && !abort)
#define working(m) (!has(is_prepared | is_committed | is_aborted, m))
#define consistent assert(!is_committed || !is_aborted)

#define MANAGER(m) \
    :: d_step { undecided && has(prepared, m) -> insert(heard, m) } \
    :: d_step { working(m) -> insert(is_prepared, m); insert(prepared, m) } \
    :: d_step { working(m) -> insert(is_aborted, m); consistent } \
    :: d_step { commit -> \
           insert(is_committed, m); remove(is_prepared, m); remove(is_aborted, m); consistent } \
    :: d_step { abort -> \
           insert(is_aborted, m); remove(is_prepared, m); remove(is_committed, m); consistent }

active proctype protocol() {
    do
    :: d_step { undecided && heard == ALL -> commit = 1 }
    :: d_step { undecided -> abort = 1 }
    MANAGER(0)
    MANAGER(1)
    MANAGER(2)
#if N > 3
    MANAGER(3)
    MANAGER(4)
#endif
#if N > 5
    MANAGER(5)
    MANAGER(6)
#endif
#if N > 7
    MANAGER(7)
#endif
#if N > 8
    MANAGER(8)
#endif
    od
}
