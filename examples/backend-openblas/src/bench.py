# PyTorch on the cases of bench.ts, fastest of several runs in ms: python3 bench.py THREADS BUDGET_MS CASE...
import json, sys, time
import torch, torch.nn as nn, torch.nn.functional as F

threads, budget, wanted = int(sys.argv[1]), float(sys.argv[2]) / 1e3, sys.argv[3:]
torch.set_num_threads(threads)

def matmul(n, dtype):
    a, b = torch.randn(n, n, dtype=dtype), torch.randn(n, n, dtype=dtype)
    return lambda: a @ b

def conv(backward):
    x, w = torch.randn(32, 64, 28, 28, requires_grad=backward), torch.randn(64, 64, 3, 3, requires_grad=backward)
    if not backward: return lambda: F.conv2d(x, w, padding=1)
    y = F.conv2d(x, w, padding=1); g = torch.ones_like(y)
    return lambda: torch.autograd.grad(y, [x, w], g, retain_graph=True)

def lenet():
    model = nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
    x, y = torch.randn(64, 1, 28, 28), torch.arange(64) * 7 % 10
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    def run():
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad(); loss.backward(); optimizer.step()
    return run

cases = {f'matmul {n}{suffix}': (lambda n=n, dtype=dtype: matmul(n, dtype))
         for n in (512, 1024, 2048) for suffix, dtype in (('', torch.float32), (' float64', torch.float64))}
cases |= {'conv2d': lambda: conv(False), 'conv2d backward': lambda: conv(True), 'lenet step': lenet}

results = {}
for name in wanted:
    run, times, start = cases[name](), [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - start < budget:
        before = time.perf_counter(); run(); times.append((time.perf_counter() - before) * 1e3)
    results[name] = min(times)
print(json.dumps(results))
