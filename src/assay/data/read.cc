#include "assay/data/read.h"

#include <arrow/compute/initialize.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/api.h>
#include <fcntl.h>
#include <parquet/arrow/reader.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "assay/base/files.h"
#include "assay/data/columns.h"
#include "assay/data/csv.h"

namespace assay::data {
namespace {

// A whole file as bytes: mapped when it is a plain file, read when it is a pipe.
class Content {
 public:
  Content() = default;
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;
  ~Content() {
    if (map_ != nullptr) ::munmap(map_, size_);
  }

  static Result<std::shared_ptr<Content>> open(const std::string& path, const std::string& where) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return tl::unexpected<Error>(files::error_of(errno, where));
    auto out = std::make_shared<Content>();
    auto status = out->fill(fd, path, where);
    ::close(fd);
    if (!status) return tl::unexpected<Error>(std::move(status).error());
    return out;
  }
  std::string_view bytes() const {
    return map_ != nullptr ? std::string_view(static_cast<const char*>(map_), size_) : std::string_view(text_);
  }

 private:
  Status fill(int fd, const std::string& path, const std::string& where) {
    struct stat info{};
    if (::fstat(fd, &info) != 0) return tl::unexpected<Error>(files::error_of(errno, where));
    if (S_ISDIR(info.st_mode)) return tl::unexpected<Error>(files::error_of(EISDIR, where));
    if (!S_ISREG(info.st_mode)) {
      ASSAY_TRY(text_, files::read(path, std::uint64_t{1} << 32));
      return {};
    }
    if (info.st_size == 0) return {};
    size_ = static_cast<std::size_t>(info.st_size);
    void* const made = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
    if (made == MAP_FAILED) return tl::unexpected<Error>(files::error_of(errno, where));
    map_ = made;
    return {};
  }

  void* map_ = nullptr;
  std::size_t size_ = 0;
  std::string text_;
};

std::shared_ptr<arrow::Buffer> buffer_over(const std::shared_ptr<Content>& content) {
  const auto bytes = content->bytes();
  return std::shared_ptr<arrow::Buffer>(
      new arrow::Buffer(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<std::int64_t>(bytes.size())),
      [content](arrow::Buffer* b) { delete b; });
}

Error corrupt(const arrow::Status& status, const std::string& where, std::string_view format) {
  Error error = arrow_error(status, where, Code::kCorrupt);
  // Of a file that says it is one of these, every failure but these two means that it is broken.
  if (error.code != Code::kUnsupported && error.code != Code::kExhausted) error.code = Code::kCorrupt;
  error.what = "not a whole " + std::string(format) + " file: " + error.what;
  error.fix = "write the file again; it may be truncated";
  return error;
}

Result<Table> read_parquet(const std::shared_ptr<Content>& content, const std::string& where,
                           const ReadOptions& options) {
  const auto input = std::make_shared<arrow::io::BufferReader>(buffer_over(content));
  parquet::arrow::FileReaderBuilder builder;
  if (const auto s = builder.Open(input); !s.ok()) return tl::unexpected<Error>(corrupt(s, where, "Parquet"));
  auto reader = builder.Build();
  if (!reader.ok()) return tl::unexpected<Error>(corrupt(reader.status(), where, "Parquet"));
  std::shared_ptr<arrow::Schema> schema;
  if (const auto s = (*reader)->GetSchema(&schema); !s.ok()) return tl::unexpected<Error>(corrupt(s, where, "Parquet"));
  ASSAY_CHECK(check_names(schema->field_names(), where, options.max_columns));
  (*reader)->set_use_threads(many_threads());
  const auto table = (*reader)->ReadTable();
  if (!table.ok()) return tl::unexpected<Error>(corrupt(table.status(), where, "Parquet"));
  return canonical_table(**table, where, options.max_columns);
}

Result<Table> read_ipc(const std::shared_ptr<Content>& content, const std::string& where, const ReadOptions& options) {
  const auto buffer = buffer_over(content);
  const auto input = std::make_shared<arrow::io::BufferReader>(buffer);
  arrow::Result<std::shared_ptr<arrow::Table>> table = nullptr;
  if (content->bytes().starts_with("ARROW1")) {
    const auto reader = arrow::ipc::RecordBatchFileReader::Open(input);
    if (!reader.ok()) return tl::unexpected<Error>(corrupt(reader.status(), where, "Arrow"));
    table = (*reader)->ToTable();
  } else {
    const auto reader = arrow::ipc::RecordBatchStreamReader::Open(input);
    if (!reader.ok()) return tl::unexpected<Error>(corrupt(reader.status(), where, "Arrow"));
    table = (*reader)->ToTable();
  }
  if (!table.ok()) return tl::unexpected<Error>(corrupt(table.status(), where, "Arrow"));
  if (const auto s = (*table)->ValidateFull(); !s.ok()) return tl::unexpected<Error>(corrupt(s, where, "Arrow"));
  return canonical_table(**table, where, options.max_columns);
}

enum class Format { kCsv, kParquet, kArrow };

Result<Format> format_of(std::string_view bytes, const std::string& ref) {
  if (bytes.starts_with("PAR1")) return Format::kParquet;
  if (bytes.starts_with("ARROW1") || bytes.starts_with("\xFF\xFF\xFF\xFF")) return Format::kArrow;
  struct Known {
    std::string_view magic, name;
  };
  static constexpr std::array kOthers{Known{"FEA1", "a Feather version 1 file"},
                                      Known{"\x1F\x8B", "a gzip file"},
                                      Known{"PK\x03\x04", "a zip or spreadsheet file"},
                                      Known{"\x28\xB5\x2F\xFD", "a zstd file"},
                                      Known{"\xD0\xCF\x11\xE0", "an Excel file"},
                                      Known{"SQLite format 3", "an SQLite database"},
                                      Known{"Obj\x01", "an Avro file"},
                                      Known{"ORC", "an ORC file"}};
  for (const auto& [magic, name] : kOthers)
    if (bytes.starts_with(magic) && (magic != "ORC" || bytes.ends_with("ORC\x17")))
      return fail(Code::kUnsupported, "is " + std::string(name), ref, "unpack it or save it as CSV, Parquet or Arrow");
  const std::string extension = std::filesystem::path(ref).extension().string();
  const auto named = [&](std::string_view format) {
    return fail(Code::kCorrupt, "does not begin as " + std::string(format) + " files do", ref,
                "check what wrote the file, or name it .csv");
  };
  if (bytes.empty()) return Format::kCsv;  // says that there are no columns
  if (extension == ".parquet") return named("Parquet");
  if (extension == ".arrow" || extension == ".feather" || extension == ".ipc") return named("Arrow");
  return Format::kCsv;
}

}  // namespace

Result<Table> read(const std::string& ref, Task& task, const ReadOptions& options, ReadReport* report) try {
  if (report != nullptr) *report = {};
  ASSAY_CHECK(task.check());
  ASSAY_TRY(const std::string path, task.open(ref));
  ASSAY_TRY(const auto content, Content::open(path, ref));
  ASSAY_TRY(const Format format, format_of(content->bytes(), ref));
  if (const auto s = arrow::compute::Initialize(); !s.ok()) return tl::unexpected<Error>(arrow_error(s, ref));
  if (format != Format::kCsv && (!options.null.empty() || !options.text_columns.empty() || options.delimiter != 0))
    return fail(Code::kInvalidArgument,
                "null, text and delimiter say how text is read, and this file holds typed columns", ref,
                "leave them out, or write the file as CSV");
  switch (format) {
    case Format::kParquet:
      return read_parquet(content, ref, options);
    case Format::kArrow:
      return read_ipc(content, ref, options);
    case Format::kCsv:
      break;
  }
  return read_csv_bytes(content->bytes(), ref, options, report);
} catch (const std::bad_alloc&) {
  return fail(Code::kExhausted, "not enough memory to hold the table", ref, "read fewer columns or a part of the rows");
} catch (const std::exception& e) {
  return fail(Code::kCorrupt, "cannot be read: " + std::string(e.what()).substr(0, 400), ref);
}

}  // namespace assay::data
