"""PyTorch as it is written by hand: eager, rows in memory, batches gathered by their numbers.

`python -m benchmarks.rivals.pytorch FOLDER KIND BATCH ROWS`
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]  # it has an environment of its own
from torch import nn

from benchmarks.rivals import turns


class Last(nn.Module):  # type: ignore[misc]  # PyTorch is not there to be checked
    """A recurrent layer's output after the last line."""

    def __init__(self, layer: Any) -> None:  # noqa: ANN401 - a recurrent layer
        super().__init__()
        self.layer = layer

    def forward(self, x: Any) -> Any:  # noqa: ANN401 - tensors
        """PyTorch calls this."""
        return self.layer(x)[0][:, -1]


def main(folder: Path, kind: str, batch: int, rows: int) -> None:
    """Takes turns: an epoch each."""
    x = torch.from_numpy(np.load(folder / "x_train.npy")[:rows])
    y = torch.from_numpy(np.load(folder / "y_train.npy")[:rows])
    x = x.permute(0, 3, 1, 2).contiguous() if kind == "cnn" else x
    torch.manual_seed(0)
    network = _network(kind)
    optimizer, loss_of = torch.optim.Adam(network.parameters()), nn.CrossEntropyLoss()

    def train() -> int:
        network.train()
        total, right = torch.zeros(()), torch.zeros(())
        for chosen in torch.randperm(len(x)).split(batch):
            outputs, wanted = network(x[chosen]), y[chosen]
            loss = loss_of(outputs, wanted)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(chosen)
            right += (outputs.argmax(1) == wanted).sum()
        float(total / len(x)), float(right / len(x))
        return len(x)

    turns.take(train)


def _network(kind: str) -> Any:  # noqa: ANN401 - a network
    match kind:
        case "mlp":
            return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
        case "cnn":
            first = [nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2)]
            second = [nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2)]
            return nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(800, 10))
        case "lstm":
            return nn.Sequential(Last(nn.LSTM(28, 64, batch_first=True)), nn.Linear(64, 10))
        case _:
            return nn.Sequential(Last(nn.GRU(28, 64, batch_first=True)), nn.Linear(64, 10))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
