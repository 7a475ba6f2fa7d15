/* The peer of the request-level simulation: Poisson arrivals, nginx's smooth weighted round robin or least_conn with failures and limits looked at, one queue
 * before each server, exponential service, a read timeout for each request, response times in a histogram.
 * Usage: requests ALGORITHM SERVERS SLOTS LOAD REQUESTS [MAX_CONNS]   (ALGORITHM: round_robin or least_conn; MAX_CONNS of each server, high enough that none has to wait
 * or fail for it). Times are those of the processor. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { uint32_t a, b, c, counter; } Random;

static uint32_t bits(Random *r) {
  uint32_t sum = r->a + r->b + r->counter++;
  r->a = r->b ^ (r->b >> 9);
  r->b = r->c + (r->c << 3);
  r->c = ((r->c << 21) | (r->c >> 11)) + sum;
  return sum;
}
static Random seeded(uint32_t stream) {
  Random r = {0x9e3779b9u, stream, 1, 1};
  for (int i = 0; i < 12; i++) bits(&r);
  return r;
}
static double uniform(Random *r) { return bits(r) / 4294967296.0; }

static double widths[256], inside[256], heights[257];
static void makeLayers(void) {
  const double edge = 7.69711747013104972, area = 3.949659822581572e-3;
  double outer = area / exp(-edge), inner = edge;
  for (int i = 0; i < 256; i++) {
    widths[i] = outer / 16777216.0;
    inside[i] = floor(inner / outer * 16777216.0);
    heights[i] = exp(-outer);
    outer = inner;
    inner = i < 254 ? -log(area / outer + exp(-outer)) : 0;
  }
  heights[256] = 1;
}
static double exponential(Random *r) {
  for (;;) {
    uint32_t drawn = bits(r);
    int layer = drawn & 255;
    double place = drawn >> 8, x = place * widths[layer];
    if (place < inside[layer]) return x;
    if (layer == 0) return 7.69711747013104972 - log(1 - uniform(r));
    if (heights[layer] + uniform(r) * (heights[layer + 1] - heights[layer]) < exp(-x)) return x;
  }
}

typedef struct { int weight, effective, current, connections, maxConnections, fails, maxFails, down, checked, failSeconds; } Peer;

static int usable(const Peer *p, int now) {
  if (p->down) return 0;
  if (p->maxFails && p->fails >= p->maxFails && now - p->checked <= p->failSeconds) return 0;
  return p->maxConnections == 0 || p->connections < p->maxConnections;
}
static int takeTurn(Peer *peers, int count, int now, const Peer *like) {
  int best = -1, total = 0;
  for (int i = 0; i < count; i++) {
    Peer *p = &peers[i];
    if (!usable(p, now) || (like && p->connections * like->weight != like->connections * p->weight)) continue;
    p->current += p->effective;
    total += p->effective;
    if (p->effective < p->weight) p->effective++;
    if (best < 0 || p->current > peers[best].current) best = i;
  }
  if (best >= 0) peers[best].current -= total;
  return best;
}
static int fewest(Peer *peers, int count, int now) {
  int best = -1, shared = 0;
  for (int i = 0; i < count; i++) {
    if (!usable(&peers[i], now)) continue;
    if (best < 0 || peers[i].connections * peers[best].weight < peers[best].connections * peers[i].weight) { best = i; shared = 0; }
    else if (peers[i].connections * peers[best].weight == peers[best].connections * peers[i].weight) shared = 1;
  }
  if (best < 0 || !shared) return best;
  Peer like = peers[best];
  return takeTurn(peers, count, now, &like);
}

typedef struct { double at; int32_t id; } End;
static End *heap;
static int heapSize, heapRoom;
static void put(double at, int32_t id) {
  if (heapSize == heapRoom) heap = realloc(heap, sizeof(End) * (heapRoom *= 2));
  int place = heapSize++;
  while (place > 0) {
    int above = (place - 1) >> 1;
    if (heap[above].at <= at) break;
    heap[place] = heap[above];
    place = above;
  }
  heap[place] = (End){at, id};
}
static End take(void) {
  End first = heap[0], last = heap[--heapSize];
  int place = 0;
  for (;;) {
    int child = 2 * place + 1;
    if (child >= heapSize) break;
    if (child + 1 < heapSize && heap[child + 1].at < heap[child].at) child++;
    if (last.at <= heap[child].at) break;
    heap[place] = heap[child];
    place = child;
  }
  heap[place] = last;
  return first;
}

typedef struct { double arrived, started, work; int32_t server, next; uint32_t generation; } Request;
static Request *pool;
static int32_t *unused;
static int poolRoom, unusedCount;

static int32_t newRequest(void) {
  if (unusedCount == 0) {
    pool = realloc(pool, sizeof(Request) * poolRoom * 2);
    unused = realloc(unused, sizeof(int32_t) * poolRoom * 2);
    for (int i = 2 * poolRoom - 1; i >= poolRoom; i--) { unused[unusedCount++] = i; pool[i].generation = 0; }
    poolRoom *= 2;
  }
  return unused[--unusedCount];
}

typedef struct { int busy, slots; int32_t first, last; } Station;
typedef struct { double at; int32_t id; uint32_t generation; } Deadline;

#define FINENESS 10
#define CLASSES (80 << FINENESS)
typedef struct { uint32_t counts[CLASSES]; double sum, most; long count; } Times;
static void add(Times *t, double seconds) {
  float single = (float)seconds;
  uint32_t word;
  memcpy(&word, &single, 4);
  int index = (int)(word >> (23 - FINENESS)) - (87 << FINENESS);
  if (index < 0) index = 0;
  if (index >= CLASSES) index = CLASSES - 1;
  t->counts[index]++;
  t->sum += seconds;
  if (seconds > t->most) t->most = seconds;
  t->count++;
}
static Times response, waited, each[64];

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  int least = strcmp(argv[1], "least_conn") == 0, servers = atoi(argv[2]), slots = atoi(argv[3]);
  double rate = atof(argv[4]) * servers * slots, readSeconds = 6000;
  int maxConnections = argc > 6 ? atoi(argv[6]) : 0;
  long requests = atol(argv[5]), arrived = 0, late = 0;
  struct timespec begin, end;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
  makeLayers();
  Random arrivals = seeded(1), work = seeded(2);
  Peer *peers = calloc(servers, sizeof(Peer));
  Station *stations = calloc(servers, sizeof(Station));
  for (int i = 0; i < servers; i++) {
    peers[i] = (Peer){.weight = 1, .effective = 1, .maxFails = 1, .failSeconds = 10, .maxConnections = maxConnections};
    stations[i] = (Station){0, slots, -1, -1};
  }
  heap = malloc(sizeof(End) * (heapRoom = 1024));
  poolRoom = 1024;
  pool = calloc(poolRoom, sizeof(Request));
  unused = malloc(sizeof(int32_t) * poolRoom);
  for (int i = poolRoom - 1; i >= 0; i--) unused[unusedCount++] = i;
  size_t ringRoom = 1 << 20, ringHead = 0, ringLength = 0;
  Deadline *ring = malloc(sizeof(Deadline) * ringRoom);
  double nextArrival = exponential(&arrivals) / rate;

  for (;;) {
    double ending = heapSize ? heap[0].at : INFINITY, now = ending <= nextArrival ? ending : nextArrival;
    while (ringLength && ring[ringHead].at < now) {
      if (pool[ring[ringHead].id].generation == ring[ringHead].generation) late++;
      ringHead = (ringHead + 1) & (ringRoom - 1);
      ringLength--;
    }
    if (now == INFINITY) break;
    if (ending <= nextArrival) {
      int32_t id = take().id;
      Request *r = &pool[id];
      Station *s = &stations[r->server];
      Peer *p = &peers[r->server];
      p->connections--;
      if (p->fails) p->fails = 0;
      add(&response, now - r->arrived);
      add(&waited, r->started - r->arrived);
      add(&each[r->server & 63], now - r->arrived);
      r->generation++;
      unused[unusedCount++] = id;
      if (s->first >= 0) {
        int32_t next = s->first;
        s->first = pool[next].next;
        if (s->first < 0) s->last = -1;
        pool[next].started = now;
        put(now + pool[next].work, next);
      } else s->busy--;
      continue;
    }
    arrived++;
    nextArrival = arrived < requests ? now + exponential(&arrivals) / rate : INFINITY;
    int server = least ? fewest(peers, servers, (int)now) : takeTurn(peers, servers, (int)now, NULL);
    if (server < 0) { fprintf(stderr, "MAX_CONNS is too low\n"); return 1; }
    peers[server].connections++;
    int32_t id = newRequest();
    Request *r = &pool[id];
    r->arrived = now;
    r->server = server;
    r->work = exponential(&work);
    r->next = -1;
    if (ringLength == ringRoom) {
      Deadline *larger = malloc(sizeof(Deadline) * ringRoom * 2);
      for (size_t i = 0; i < ringLength; i++) larger[i] = ring[(ringHead + i) & (ringRoom - 1)];
      free(ring);
      ring = larger;
      ringHead = 0;
      ringRoom *= 2;
    }
    ring[(ringHead + ringLength++) & (ringRoom - 1)] = (Deadline){now + readSeconds, id, r->generation};
    Station *s = &stations[server];
    if (s->busy < s->slots) {
      s->busy++;
      r->started = now;
      put(now + r->work, id);
    } else {
      if (s->last < 0) s->first = id;
      else pool[s->last].next = id;
      s->last = id;
    }
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  double seconds = (end.tv_sec - begin.tv_sec) + (end.tv_nsec - begin.tv_nsec) / 1e9;
  printf("{\"requestsPerSecond\":%.0f,\"meanResponse\":%.6g,\"late\":%ld}\n", requests / seconds, response.sum / response.count, late);
  return 0;
}
