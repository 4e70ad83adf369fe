/* The state table of docs/protocol.md, "Jobs, leases and states": a row an event, a column a state.
 * job_rules.h reads it. */
#pragma once

#include <crawlhub/abi/storage_ops.h>

/* The cells of the table. */
enum {
  CRAWLHUB_CELL_DUP = 1, /* accepted, changes nothing */
  CRAWLHUB_CELL_NO,      /* refused */
  CRAWLHUB_CELL_LATE,    /* a repetition where that lease ended the job, else refused */
  CRAWLHUB_CELL_RUN,     /* running */
  CRAWLHUB_CELL_STAY,    /* stored, state and lease stay */
  CRAWLHUB_CELL_DONE,    /* finished */
  CRAWLHUB_CELL_BAD,     /* failed */
  CRAWLHUB_CELL_AGAIN,   /* queued with backoff; failed when attempts are spent */
  CRAWLHUB_CELL_LOOSE,   /* stored, state stays, lease freed */
  CRAWLHUB_CELL_ASK,     /* waiting for a credential */
  CRAWLHUB_CELL_RENEW,   /* credential renewed */
  CRAWLHUB_CELL_EXPIRE,  /* credential expired: lease freed, attempt back */
  CRAWLHUB_CELL_BACK,    /* lease ended: queued, attempt back */
  CRAWLHUB_CELL_LOST,    /* lease ended at work: queued; fails after its wait when attempts are spent */
  CRAWLHUB_CELL_CANCEL,  /* cancelled, lease freed */
  CRAWLHUB_CELL_PAUSE,   /* paused; lease kept where the holder understands it, else freed with its attempt */
  CRAWLHUB_CELL_RESUME,  /* with lease: its former state; without: queued */
  CRAWLHUB_CELL_QUEUE,   /* queued at once */
  CRAWLHUB_CELL_RETRY    /* queued at once, attempts 0 */
};

/* A report on a queued job revives it first where that is allowed, and is then decided in the column
 * "running"; so the column "queued" says what holds where it is not. */
static inline int crawlhub_job_cell(uint32_t event, uint32_t state) {
#define ROW(q, a, r, p, w, n, x, finished, failed, cancelled)                                         \
  {                                                                                                   \
    0, CRAWLHUB_CELL_##q, CRAWLHUB_CELL_##a, CRAWLHUB_CELL_##r, CRAWLHUB_CELL_##p, CRAWLHUB_CELL_##w, \
        CRAWLHUB_CELL_##n, CRAWLHUB_CELL_##x, CRAWLHUB_CELL_##finished, CRAWLHUB_CELL_##failed,       \
        CRAWLHUB_CELL_##cancelled                                                                     \
  }
  /* clang-format off */
  static const uint8_t table[CRAWLHUB_EVENTS + 1][11] = {
    {0},
    /*                     queued  assigned running paused  W       N       X       finished failed cancelled */
    /* started         */ ROW(NO,     RUN,    DUP,    DUP,    DUP,    RUN,    NO,     LATE,   LATE,   NO),
    /* progress        */ ROW(NO,     RUN,    RUN,    STAY,   STAY,   RUN,    NO,     NO,     NO,     NO),
    /* completed       */ ROW(NO,     DONE,   DONE,   DONE,   DONE,   DONE,   DONE,   LATE,   LATE,   NO),
    /* completed badly */ ROW(NO,     BAD,    BAD,    BAD,    BAD,    BAD,    STAY,   LATE,   LATE,   NO),
    /* failed          */ ROW(LATE,   AGAIN,  AGAIN,  LOOSE,  AGAIN,  AGAIN,  STAY,   LATE,   LATE,   NO),
    /* token request   */ ROW(NO,     ASK,    ASK,    NO,     DUP,    ASK,    NO,     NO,     NO,     NO),
    /* token renewed   */ ROW(NO,     NO,     NO,     NO,     RENEW,  NO,     QUEUE,  NO,     NO,     NO),
    /* token expired   */ ROW(NO,     NO,     NO,     NO,     EXPIRE, NO,     NO,     NO,     NO,     NO),
    /* lease ends      */ ROW(DUP,    BACK,   LOST,   LOOSE,  BACK,   BACK,   DUP,    DUP,    DUP,    DUP),
    /* timeout         */ ROW(DUP,    DUP,    AGAIN,  DUP,    DUP,    AGAIN,  DUP,    DUP,    DUP,    DUP),
    /* cancel          */ ROW(CANCEL, CANCEL, CANCEL, CANCEL, CANCEL, CANCEL, CANCEL, NO,     NO,     NO),
    /* pause           */ ROW(PAUSE,  PAUSE,  PAUSE,  DUP,    NO,     PAUSE,  NO,     NO,     NO,     NO),
    /* resume          */ ROW(DUP,    DUP,    DUP,    RESUME, DUP,    DUP,    NO,     NO,     NO,     NO),
    /* retry           */ ROW(DUP,    NO,     NO,     NO,     NO,     NO,     RETRY,  NO,     RETRY,  RETRY),
    /* discovered      */ ROW(STAY,   RUN,    STAY,   STAY,   STAY,   STAY,   STAY,   STAY,   STAY,   STAY),
  };
  /* clang-format on */
#undef ROW
  return event <= CRAWLHUB_EVENTS && state <= CRAWLHUB_JOB_CANCELLED ? table[event][state] : 0;
}
