# PyTorch's own numbers for the cases of cases.ts: prints {"version": ..., "cases": {name: {median, min, p90, runs}}}.
#   python3 torch.py THREADS BUDGET_MS CASE...
import json, sys, time, warnings
sys.path.pop(0)  # this file is called torch.py too
warnings.filterwarnings('ignore')
import torch, torch.nn as nn, torch.nn.functional as F

threads, budget, wanted = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
torch.set_num_threads(threads)
torch.manual_seed(0)

def unary(shape, f):
    x = torch.randn(shape)
    return lambda: f(x)

def binary(shape, f, grad=False):
    x, y = torch.randn(shape, requires_grad=grad), torch.randn(shape, requires_grad=grad)
    return lambda: f(x, y)

def conv(backward):
    x, w = torch.randn(32, 64, 28, 28, requires_grad=backward), torch.randn(64, 64, 3, 3, requires_grad=backward)
    if not backward: return lambda: F.conv2d(x, w, padding=1)
    y = F.conv2d(x, w, padding=1); g = torch.ones_like(y)
    return lambda: torch.autograd.grad(y, [x, w], g, retain_graph=True)

def step(model, x, n, optimizer=torch.optim.SGD):
    y = torch.arange(n) * 7 % 10
    opt = optimizer(model.parameters(), lr=0.01)
    def run():
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
    return run

def lenet():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))

mlp = lambda inputs, hidden: nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, 10))
matmul = lambda n: (lambda: binary((n, n), lambda x, y: x @ y))
cases = {
    'add 1': lambda: binary((1,), lambda x, y: x + y),
    'add 1 grad': lambda: binary((1,), lambda x, y: x + y, True),
    'add 1e6': lambda: binary((1000000,), lambda x, y: x + y),
    'add 1e6 dropped': lambda: binary((1000000,), lambda x, y: x + y),
    'exp 1e6': lambda: unary((1000000,), lambda x: x.exp()),
    'tanh 1e6': lambda: unary((1000000,), lambda x: x.tanh()),
    'sum 1e6': lambda: unary((1000000,), lambda x: x.sum()),
    'softmax 1000x1000': lambda: unary((1000, 1000), lambda x: x.softmax(-1)),
    'sort 1e6': lambda: unary((1000000,), lambda x: x.sort()),
    'sort 1000x1000': lambda: unary((1000, 1000), lambda x: x.sort()),
    'topk 10 of 1e6': lambda: unary((1000000,), lambda x: x.topk(10)),
    'matmul 64': matmul(64), 'matmul 512': matmul(512), 'matmul 1024': matmul(1024),
    'cholesky 256': lambda: (lambda a: lambda: torch.linalg.cholesky(a))((lambda x: x @ x.T + torch.eye(256))(torch.randn(256, 256))),
    'solve 256': lambda: binary((256, 256), torch.linalg.solve),
    'qr 256': lambda: unary((256, 256), torch.linalg.qr),
    'eigh 256': lambda: (lambda a: lambda: torch.linalg.eigh(a))((lambda x: x + x.T)(torch.randn(256, 256))),
    'svd 256': lambda: unary((256, 256), torch.linalg.svd),
    'conv2d': lambda: conv(False), 'conv2d backward': lambda: conv(True),
    'small mlp step': lambda: step(mlp(64, 128), torch.randn(64, 64), 64),
    'small mlp adam': lambda: step(mlp(64, 128), torch.randn(64, 64), 64, torch.optim.Adam),
    'mlp step': lambda: step(mlp(784, 256), torch.randn(128, 784), 128),
    'lenet step': lambda: step(lenet(), torch.randn(64, 1, 28, 28), 64),
}

results = {}
for name in wanted:
    if name not in cases: continue
    run = cases[name]()
    inner = 500 if name.startswith('add 1') and 'e6' not in name else 1
    for _ in range(3): run()
    times, start = [], time.perf_counter()
    while len(times) < 5 or (time.perf_counter() - start) * 1e3 < budget and len(times) < 5000:
        t = time.perf_counter()
        for _ in range(inner): run()
        times.append((time.perf_counter() - t) / inner * 1e3)
    times.sort()
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
    results[name] = {'median': at(0.5), 'min': times[0], 'p90': at(0.9), 'runs': len(times) * inner}
print(json.dumps({'version': torch.__version__, 'cases': results}))
