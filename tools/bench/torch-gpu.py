# PyTorch's milliseconds for the cases of gpu.ts on the first CUDA device: prints {name: ms}.
#   python3 torch-gpu.py '{"matmulSizes": [...], "elements": n, "keyCounts": [...], "sizes": {...}, "batch": n, "budget": ms}'
import json, sys, time
sys.path.pop(0)
import torch, torch.nn as nn, torch.nn.functional as F
assert torch.cuda.is_available()
torch.set_default_device('cuda')
torch.backends.cuda.matmul.allow_tf32 = False  # float32 as such
wanted = json.loads(sys.argv[1])

def time_of(run, inner=5):
    for _ in range(3): run()
    torch.cuda.synchronize()
    times, start = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - start < wanted['budget'] / 1e3:
        t = time.perf_counter()
        for _ in range(inner): run()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - t) / inner * 1e3)
    return sorted(times)[len(times) // 2]

class Block(nn.Module):
    def __init__(self, s):
        super().__init__()
        c = s['width']; self.heads = s['heads']
        self.norm1, self.qkv, self.project = nn.LayerNorm(c), nn.Linear(c, 3 * c), nn.Linear(c, c)
        self.norm2, self.up, self.down = nn.LayerNorm(c), nn.Linear(c, 4 * c), nn.Linear(4 * c, c)
    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.project(y.transpose(1, 2).reshape(b, t, c))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate='tanh'))

class Gpt(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(s['vocabulary'], s['width']), nn.Embedding(s['context'], s['width'])
        self.blocks, self.norm = nn.Sequential(*[Block(s) for _ in range(s['layers'])]), nn.LayerNorm(s['width'])
    def forward(self, i):
        x = self.blocks(self.tokens(i) + self.positions(torch.arange(i.shape[1])))
        return F.linear(self.norm(x), self.tokens.weight)

out = {}
for dtype in ['float32', 'float16']:
    for n in wanted['matmulSizes']:
        a, b = (torch.rand(n, n).to(getattr(torch, dtype)) for _ in range(2))
        out[f'matmul {n} {dtype}'] = time_of(lambda: a @ b)
n = wanted['elements']
for dtype in ['float32', 'float16']:
    x, y = (torch.full((n,), 0.5, dtype=getattr(torch, dtype)) for _ in range(2))
    for name, run in {'copy': x.clone, 'add': lambda: x + y, 'exp': x.exp, 'sum': x.sum}.items():
        out[f'{name} of {n} {dtype}'] = time_of(run)
for n in wanted['keyCounts']:
    x = torch.rand(n)
    out[f'sort of {n}'] = time_of(x.sort)
    out[f'topk 10 of {n}'] = time_of(lambda: x.topk(10))
s, batch = wanted['sizes'], wanted['batch']
model = Gpt(s)
opt = torch.optim.AdamW(model.parameters(), lr=1e-4)
tokens = torch.randint(s['vocabulary'], (batch, s['context'] + 1))
def step():
    logits = model(tokens[:, :-1])
    loss = F.cross_entropy(logits.reshape(-1, s['vocabulary']), tokens[:, 1:].reshape(-1))
    opt.zero_grad(); loss.backward(); opt.step()
out[f"gpt2 step, batch {batch} x {s['context']}"] = time_of(step)
print(json.dumps(out))
