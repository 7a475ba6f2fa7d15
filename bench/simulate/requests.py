"""The same queue in SimPy: Poisson arrivals, servers taken in turn, one slot each, exponential service. Usage: requests.py SERVERS LOAD REQUESTS"""
import random
import sys
import time

servers, load, requests = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
random.seed(1)
total = 0.0

try:
    import simpy

    version = simpy.__version__
    env = simpy.Environment()
    pool = [simpy.Resource(env) for _ in range(servers)]

    def serve(resource):
        global total
        began = env.now
        with resource.request() as turn:
            yield turn
            yield env.timeout(random.expovariate(1))
        total += env.now - began

    def arrive():
        for index in range(requests):
            yield env.timeout(random.expovariate(servers * load))
            env.process(serve(pool[index % servers]))

    env.process(arrive())
    run = env.run
except ImportError:
    from SimPy import __version__ as version
    from SimPy.Simulation import Process, Resource, activate, hold, initialize, now, release, request, simulate

    initialize()
    pool = [Resource() for _ in range(servers)]

    class Served(Process):
        def serve(self, resource):
            global total
            began = now()
            yield request, self, resource
            yield hold, self, random.expovariate(1)
            yield release, self, resource
            total += now() - began

    class Arrivals(Process):
        def arrive(self):
            for index in range(requests):
                yield hold, self, random.expovariate(servers * load)
                each = Served()
                activate(each, each.serve(pool[index % servers]))

    source = Arrivals()
    activate(source, source.arrive())

    def run():
        simulate(until=1e12)


begin = time.process_time()
run()
seconds = time.process_time() - begin
print('{"version":"%s","requestsPerSecond":%.0f,"meanResponse":%.4f}' % (version, requests / seconds, total / requests))
