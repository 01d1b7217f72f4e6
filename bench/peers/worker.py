"""Worker of the benchmarks on the peers' side: the same commands as bench/assay_bench.cc, answered in the same form."""
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")


def fairlearn_frame(path, text):
    import numpy as np
    import pyarrow as pa
    from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
    from sklearn.metrics import accuracy_score, precision_score

    frame = pa.ipc.open_file(path).read_all().to_pandas()
    groups = [f"{g}_text" if text else g for g in ("sex", "race", "age")]
    metrics = {"selection_rate": selection_rate, "true_positive_rate": true_positive_rate, "false_positive_rate": false_positive_rate, "accuracy": accuracy_score, "precision": precision_score}

    def make(**more):
        return MetricFrame(metrics=metrics, y_true=frame["y"], y_pred=frame["decision"], sensitive_features=frame[groups], **more)

    def listed(values):
        return [None if np.isnan(v) else float(v) for v in np.asarray(values, dtype=float).ravel()]

    return frame, make, listed


def grouped(path, text):
    frame, make, listed = fairlearn_frame(path, text)

    def answer():
        made = make()
        # Where no row is in a denominator the peer says 0 and Assay says that there is no value: rows say which.
        return {"overall": listed(made.overall), "by_group": listed(made.by_group)}

    return len(frame), make, answer


def grouped_bootstrap(path, replicates):
    frame, make, listed = fairlearn_frame(path, False)

    def run():
        return make(n_boot=int(replicates), ci_quantiles=[0.025, 0.5, 0.975], random_state=0)

    def answer():
        made = run()
        return {"middle": [v for part in (made.overall_ci[1], made.by_group_ci[1]) for v in listed(part)]}

    return len(frame), run, answer


def digest(table):
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = {}
    for name in table.column_names:
        column = table.column(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        if pa.types.is_string_view(column.type):
            column = column.cast(pa.string())
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            counts = {each["values"]: each["counts"] for each in pc.value_counts(column).to_pylist()}
            columns[name] = {"missing": counts.pop(None, 0), "values": counts}
        else:
            span = pc.min_max(column).as_py()
            columns[name] = {"missing": column.null_count, "sum": float(pc.sum(column).as_py()), "low": span["min"], "high": span["max"]}
    return {"rows": table.num_rows, "columns": columns}


def pyarrow_load(path, dictionary):
    from pyarrow import csv

    options = csv.ConvertOptions(auto_dict_encode=True, auto_dict_max_cardinality=2**31 - 1) if dictionary else None

    def load():
        return csv.read_csv(path, convert_options=options)

    return load().num_rows, load, lambda: digest(load())


def polars_load(path):
    import polars

    def load():
        return polars.scan_csv(path).collect()

    return load().height, load, lambda: digest(load().to_arrow())


def tree_predict(model, matrix):
    import numpy as np
    import xgboost

    booster = xgboost.Booster(model_file=model)
    booster.set_param({"nthread": 1})
    x = np.fromfile(matrix, dtype=np.float32).reshape(-1, booster.num_features())

    def run():
        return booster.inplace_predict(x, predict_type="margin")

    return len(x), run, lambda: {"margins": run().tolist()}


cases = {
    "grouped_integers": lambda path: grouped(path, False),
    "grouped_strings": lambda path: grouped(path, True),
    "grouped_bootstrap": grouped_bootstrap,
    "pyarrow_load": lambda path: pyarrow_load(path, False),
    "pyarrow_dictionary_load": lambda path: pyarrow_load(path, True),
    "polars_load": polars_load,
    "tree_predict": tree_predict,
}

ready, key = None, None
for line in sys.stdin:
    verb, threads, name, *arguments = line.split()
    if key != (name, arguments):
        ready, key = None, None
        rows, run, answer = ready = cases[name](*arguments)
        run()
        key = name, arguments
    if verb == "answer":
        print(json.dumps(answer()), flush=True)
        continue
    repeats, cpu, wall = 0, time.process_time(), time.perf_counter()
    while repeats == 0 or time.perf_counter() - wall < 0.05:
        run()
        repeats += 1
    print(json.dumps({"case": name, "rows": rows, "repeats": repeats, "seconds_cpu": (time.process_time() - cpu) / repeats, "seconds_wall": (time.perf_counter() - wall) / repeats}), flush=True)
