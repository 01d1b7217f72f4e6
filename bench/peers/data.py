"""Makes what the benchmarks read, the same bytes every time:  data.py FOLDER

predictions_16k.arrow, predictions_1m.arrow  tests/data/metrics/adult_pred.csv, as it is and resampled (seed 0) to a million rows
predictions_1e4.csv ... predictions_1e7.csv  its five columns, rows repeated
hmda.csv                                     examples/mortgage/boston_hmda.csv, rows repeated 200 times
trees.ubj, matrix.f32                        500 trees of depth 6 on 12 features, 16,281 rows to predict: the shape of Adult
"""
import pathlib
import sys

import numpy as np
import pandas as pd
import pyarrow as pa

top = pathlib.Path(__file__).resolve().parents[2]
names = {
    "sex": ["Female", "Male"],
    "race": ["Amer-Indian-Eskimo", "Asian-Pac-Islander", "Black", "Other", "White"],
    "age": ["<25", "25-39", "40-59", "60+"],
}


def predictions(folder):
    frame = pd.read_csv(top / "tests/data/metrics/adult_pred.csv")
    for name, rows in ("16k", None), ("1m", np.random.default_rng(0).integers(0, len(frame), 1_000_000)):
        one = frame if rows is None else frame.iloc[rows]
        columns = {"y": one.y, "decision": (one.score >= 0.5).astype("int64"), **{g: one[g].astype("int64") for g in names}}
        texts = {f"{g}_text": pd.array(np.array(names[g], dtype=object)[one[g]], dtype="str") for g in names}
        table = pa.table({**{n: pa.array(c.to_numpy()) for n, c in columns.items()}, **{n: pa.array(t) for n, t in texts.items()}})
        with pa.ipc.new_file(folder / f"predictions_{name}.arrow", table.schema) as out:
            out.write_table(table)


def repeated(source, target, times=None, rows=None):
    head, *lines = source.read_bytes().splitlines(keepends=True)
    times, rest = (times, 0) if times else divmod(rows, len(lines))
    body = b"".join(lines)
    with open(target, "wb") as out:
        out.write(head)
        for _ in range(times):
            out.write(body)
        out.write(b"".join(lines[:rest]))


def trees(folder):
    import xgboost

    rng = np.random.default_rng(0)

    def matrix(rows):
        x = np.empty((rows, 12), dtype=np.float32)
        x[:, 0] = rng.integers(17, 91, rows)  # an age
        x[:, 1] = np.exp(rng.normal(12, 0.5, rows))  # a weight
        x[:, 2] = rng.integers(1, 17, rows)  # years of schooling
        x[:, 3] = np.where(rng.random(rows) < 0.9, 0, np.exp(rng.normal(8, 1, rows)))  # a gain, mostly none
        x[:, 4] = np.clip(rng.normal(40, 12, rows).round(), 1, 99)  # hours
        for column, levels in enumerate((9, 16, 7, 15, 6, 5, 42), 5):
            x[:, column] = rng.integers(0, levels, rows)
        x[rng.random((rows, 12)) < 0.01] = np.nan
        return x

    train, test = matrix(32_561), matrix(16_281)
    z = np.nan_to_num(train)
    margin = 0.05 * (z[:, 0] - 40) - 0.0008 * (z[:, 0] - 45) ** 2 + 0.3 * (z[:, 2] - 11) + 0.0002 * z[:, 3] + 0.03 * (z[:, 4] - 40) + 0.4 * np.sin(z[:, 5] * z[:, 7])
    label = rng.random(len(z)) < 1 / (1 + np.exp(1 - margin))
    options = {"objective": "binary:logistic", "max_depth": 6, "eta": 0.05, "nthread": 1, "tree_method": "hist", "max_bin": 256}
    xgboost.train(options, xgboost.QuantileDMatrix(train, label, max_bin=256), 500).save_model(folder / "trees.ubj")
    test.tofile(folder / "matrix.f32")


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    predictions(folder)
    for power in 4, 5, 6, 7:
        repeated(top / "tests/data/metrics/adult_pred.csv", folder / f"predictions_1e{power}.csv", rows=10**power)
    repeated(top / "examples/mortgage/boston_hmda.csv", folder / "hmda.csv", times=200)
    trees(folder)
