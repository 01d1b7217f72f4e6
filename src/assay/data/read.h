// Files in and out: CSV, Parquet, Arrow IPC. Every way a file can be bad is an error that says where (data b1).
#pragma once

#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/data/table.h"

namespace assay::data {

struct ReadOptions {
  std::vector<std::string> null;   // spellings of missing besides the empty cell
  std::string bad_rows = "error";  // error | skip: rows with a wrong number of cells
  char delimiter = 0;              // 0: the most likely of , ; tab |
  std::size_t max_columns = 10'000;
  std::vector<std::string> text_columns;  // read as text whatever they look like
};

struct ReadReport {
  std::int64_t skipped_rows = 0;
  std::vector<std::int64_t> skipped_lines;  // the first 20
};

// By content, else by extension: .csv .tsv .txt, .parquet, .arrow .feather .ipc. `ref` is anything Task::open takes.
Result<Table> read(const std::string& ref, Task& task, const ReadOptions& options = {}, ReadReport* report = nullptr);

Status write_arrow(const Table& table, const std::string& path);  // IPC file, zstd off, same table = same bytes
Status write_parquet(const Table& table, const std::string& path);
Status write_csv(const Table& table, const std::string& path);

}  // namespace assay::data
