/* The peer of a run over time: a week at steps of one second, an elastic pool of members that batch, HPA's proposal and limits every 15 s, response times from the
 * birth–death chain of a member and p50, p95, p99 of each step, its rows kept. What samples/ai-gateway simulates, without reasons, rules and schedules. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct { double t, rate, capacity, load, response, p50, p95, p99, queue, dropped, cost; int replicas, ready, min, max, saturated; } Row;
typedef struct { double at; int change; } Event;

static uint32_t a = 0x9e3779b9u, b = 0, c = 7, counter = 1;
static uint32_t bits(void) {
  uint32_t sum = a + b + counter++;
  a = b ^ (b >> 9);
  b = c + (c << 3);
  c = ((c << 21) | (c >> 11)) + sum;
  return sum;
}
static double uniform(void) { return bits() / 4294967296.0; }
static double spare;
static int hasSpare;
static double normal(void) {
  if (hasSpare) { hasSpare = 0; return spare; }
  for (;;) {
    double x = 2 * uniform() - 1, y = 2 * uniform() - 1, square = x * x + y * y;
    if (square == 0 || square >= 1) continue;
    double factor = sqrt(-2 * log(square) / square);
    spare = y * factor;
    hasSpare = 1;
    return x * factor;
  }
}

#define SLOTS 24
static double rates[SLOTS + 1], tokens[SLOTS + 1];
static double seconds(double n) { return n <= 1 ? 0.65 : n >= SLOTS ? 1.6 : 0.65 + (n - 1) / 23 * 0.95; }

static void chain(double rate, double *waits, double *inService, double *token) {
  int likeliest = 0;
  while (likeliest < SLOTS && rates[likeliest] < rate) likeliest++;
  double full = 1 / (1 - rate / rates[SLOTS]), share = likeliest == SLOTS ? full : 1, total = share, sum = share * likeliest, first = share * tokens[likeliest], last = likeliest == SLOTS ? share : 0, weight = 1;
  for (int n = likeliest + 1; n <= SLOTS; n++) {
    weight *= rate / rates[n];
    if (weight < 1e-24) break;
    share = n == SLOTS ? weight * full : weight;
    if (n == SLOTS) last = share;
    total += share;
    sum += share * n;
    first += share * tokens[n];
  }
  weight = 1;
  for (int n = likeliest - 1; n >= 0; n--) {
    weight *= rates[n + 1] / rate;
    if (weight < 1e-24) break;
    total += weight;
    sum += weight * n;
    first += weight * tokens[n];
  }
  *waits = last / total;
  *inService = sum / total;
  *token = first / total;
}

static double percentile(double service, double waits, double decay, double outside) {
  double mu = 1 / service, alone = -log(outside) * service;
  if (waits == 0) return alone;
  double slow = waits * mu / (mu - decay), fast = 1 - slow, t = slow > outside && decay < mu ? fmax(alone, log(slow / outside) / decay) : alone;
  for (int round = 0; round < 12; round++) {
    double x = fast * exp(-mu * t), y = slow * exp(-decay * t), tail = x + y, step = tail * log(tail / outside) / (x * mu + y * decay);
    t += step;
    if (fabs(step) <= 1e-13 * t) break;
  }
  return t;
}

static const double hours[] = {0, 8, 9, 12, 20, 23, 24}, levels[] = {60, 90, 450, 700, 1100, 200, 60};
static double rateAt(double second) {
  double hour = fmod(second, 86400) / 3600;
  int i = 0;
  while (hour >= hours[i + 1]) i++;
  double rate = levels[i] + (hour - hours[i]) / (hours[i + 1] - hours[i]) * (levels[i + 1] - levels[i]);
  return hour >= 12.5 && hour < 12.5 + 1.0 / 6 ? rate * 1.6 : rate;
}

int main(void) {
  struct timespec begin, end;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
  const int steps = 7 * 86400;
  Row *rows = malloc(sizeof(Row) * steps);
  Event ups[4096], downs[4096];
  int upCount = 0, downCount = 0, recommended[64], recommendations = 0;
  for (int n = 0; n <= SLOTS; n++) {
    rates[n] = n / seconds(n);
    tokens[n] = 0.09 + (fmin(n + 1, SLOTS) - 1) / 23 * 0.31;
  }
  int wanted = 6, startingAt[512], starting = 0, ready = 6;
  double queue = 0, cost = 0, checksum = 0;
  for (int step = 0; step < steps; step++) {
    double t = step, rate = fmax(0, rateAt(t) * (1 + 0.05 * normal())), dropped = 0;
    while (starting > 0 && startingAt[0] <= step) {
      ready++;
      starting--;
      for (int i = 0; i < starting; i++) startingAt[i] = startingAt[i + 1];
    }
    if (step % 15 == 0) {
      double ratio = rate / (ready * 15.0) / 0.7;
      int proposal = fabs(ratio - 1) <= 0.1 ? wanted : (int)ceil(ratio * ready);
      recommended[recommendations++ % 20] = proposal;
      int most = proposal;
      for (int i = 0; i < 20 && i < recommendations; i++) if (recommended[i] > most) most = recommended[i];
      int target = proposal > wanted ? proposal : most < wanted ? most : wanted, added = 0, removed = 0;
      for (int i = 0; i < upCount; i++) if (t - ups[i].at < 15) added += ups[i].change;
      for (int i = 0; i < downCount; i++) if (t - downs[i].at < 60) removed += downs[i].change;
      if (target > wanted) {
        int start = wanted - added, limit = start + 4 > 2 * start ? start + 4 : 2 * start;
        if (target > limit) target = limit > wanted ? limit : wanted;
        if (target > 120) target = 120;
      } else if (target < wanted) {
        int limit = (int)((wanted + removed) * 0.9);
        if (target < limit) target = limit < wanted ? limit : wanted;
        if (target < 2) target = 2;
      }
      for (int i = wanted; i < target; i++) startingAt[starting++] = step + 45;
      for (int i = wanted; i > target; i--) { if (starting > 0) starting--; else ready--; }
      if (target > wanted) ups[upCount++ % 4096] = (Event){t, target - wanted};
      if (target < wanted) downs[downCount++ % 4096] = (Event){t, wanted - target};
      if (upCount > 4000) upCount = 0;
      if (downCount > 4000) downCount = 0;
      wanted = target;
    }
    Row *row = &rows[step];
    double capacity = ready * 15.0, each = rate / ready, response = NAN, p50 = NAN, p95 = NAN, p99 = NAN;
    int saturated = each >= 15;
    if (!saturated) {
      double waits, inService, token;
      chain(each, &waits, &inService, &token);
      double service = inService / each, decay = 15 * (1 - each / 15), steady = ready * each * waits / decay;
      double built = fmin(steady, fmin(sqrt(queue * queue + 2 / M_PI * 2 * rate), queue + rate)), backlog = fmax(0, queue + rate - capacity);
      queue = fmax(built, backlog);
      response = service + waits / decay;
      p50 = percentile(service, waits, decay, 0.5);
      p95 = percentile(service, waits, decay, 0.05);
      p99 = percentile(service, waits, decay, 0.01);
    } else queue = fmax(0, queue + rate - capacity);
    cost += wanted * 2.1 / 3600;
    *row = (Row){t, rate, capacity, rate / capacity, response, p50, p95, p99, queue, dropped, cost, wanted, ready, 2, 120, saturated};
    if (!saturated) checksum += p95;
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  printf("{\"seconds\":%.6f,\"cost\":%.2f,\"meanP95\":%.4f}\n", (end.tv_sec - begin.tv_sec) + (end.tv_nsec - begin.tv_nsec) / 1e9, cost, checksum / steps);
  return 0;
}
