#include "assay/workspace/workspace.h"

#include <filesystem>

#include "assay/base/crypto.h"
#include "assay/workspace/code_version.h"
#include "assay/workspace/execute.h"
#include "assay/workspace/folder_fixture.h"
#include "assay/workspace/operations.h"
#include "assay/workspace/process.h"

namespace assay::workspace {
namespace {

namespace fs = std::filesystem;
using operation::Evidence;
using operation::Json;

struct Count {
  std::string data;
  std::string only;
  std::int64_t seed = 0;
};
int calls = 0;

// Counts a file's bytes and writes them out backwards.
Result<Evidence> count(const Count& r, Task& task) {
  ++calls;
  ASSAY_TRY(const auto path, task.open(r.data));
  ASSAY_TRY(auto text, files::read(path));
  if (text == "bad") return fail(Code::kCorrupt, "is bad", r.data);
  if (text == "stop") return fail(Code::kCancelled, "stopped");
  Evidence e;
  e.kind = "assay.profile/1";
  e.detail["bytes"] = text.size();
  ASSAY_TRY(const auto out, task.create("backwards", "text/plain"));
  ASSAY_CHECK(files::write(out, std::string(text.rbegin(), text.rend())));
  e.blobs["backwards"] = {"", "text/plain", 1};
  return e;
}

}  // namespace
}  // namespace assay::workspace

namespace assay::operation {
template <>
inline constexpr auto fields<workspace::Count> =
    std::tuple{required("data", &workspace::Count::data, "file").input(),
               field("only", &workspace::Count::only, "part"), field("seed", &workspace::Count::seed, "seed")};
}

namespace assay::workspace {
namespace {

const operation::Operation& counting() {
  static const auto op = operation::operation("test", "count", "Counts", &count);
  return op;
}

TEST_P(Folder, ASecondRunIsACacheHitWithTheSameEvidence) {
  auto workspace = Workspace::open(folder);
  ASSERT_TRUE(workspace) << workspace.error().text();
  const auto file = write("a.txt", "abc");
  Context context;
  context.workspace = &*workspace;
  calls = 0;
  const auto first = execute(counting(), {{"data", file}}, context);
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_FALSE(first->cached);
  EXPECT_EQ(first->result["provenance"]["inputs"]["data"], crypto::digest_of("abc"));
  EXPECT_EQ(first->result["provenance"]["options"], Json({{"only", ""}}));
  EXPECT_EQ(first->result["provenance"]["code"], std::string(code_version()));
  EXPECT_EQ(first->result["blobs"]["backwards"]["digest"], crypto::digest_of("cba"));
  EXPECT_EQ(*files::read(first->blobs.at("backwards")), "cba");
  const auto again = execute(counting(), {{"data", file}}, context);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->cached);
  EXPECT_EQ(again->digest, first->digest);
  EXPECT_EQ(again->finished_us, first->finished_us);
  EXPECT_EQ(calls, 1);
  // Another option, seed or content is another step.
  EXPECT_FALSE(execute(counting(), {{"data", file}, {"only", "x"}}, context)->cached);
  EXPECT_FALSE(execute(counting(), {{"data", file}, {"seed", 1}}, context)->cached);
  write("a.txt", "abd");
  EXPECT_FALSE(execute(counting(), {{"data", file}}, context)->cached);
}

TEST_P(Folder, DamagedOrMissingObjectsAreMadeAnew) {
  auto workspace = Workspace::open(folder);
  const auto file = write("a.txt", "abc");
  Context context;
  context.workspace = &*workspace;
  const auto first = execute(counting(), {{"data", file}}, context);
  fs::remove(first->blobs.at("backwards"));
  EXPECT_FALSE(execute(counting(), {{"data", file}}, context)->cached);
  const auto path = workspace->objects().path_of(first->digest);
  fs::permissions(path, fs::perms{0644});
  std::ofstream(path, std::ios::app) << " ";
  const auto mended = execute(counting(), {{"data", file}}, context);
  ASSERT_TRUE(mended) << mended.error().text();
  EXPECT_FALSE(mended->cached);
  EXPECT_EQ(mended->digest, first->digest);
  EXPECT_TRUE(execute(counting(), {{"data", file}}, context)->cached);
}

TEST_P(Folder, FailuresAreRecordedAndNeverCached) {
  auto workspace = Workspace::open(folder);
  Context context;
  context.workspace = &*workspace;
  const auto file = write("a.txt", "bad");
  EXPECT_EQ(execute(counting(), {{"data", file}}, context).error().code, Code::kCorrupt);
  EXPECT_EQ(execute(counting(), {{"data", file}}, context).error().code, Code::kCorrupt);
  EXPECT_EQ(execute(counting(), {{"data", write("s", "stop")}}, context).error().code, Code::kCancelled);
  EXPECT_EQ(execute(counting(), {{"data", folder + "/none"}}, context).error().code, Code::kNotFound);
  const auto runs = workspace->store().runs();
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 3u);
  EXPECT_EQ(runs->front().state, "cancelled");
  EXPECT_EQ(runs->back().state, "failed");
  EXPECT_TRUE(fs::is_empty(folder + "/.assay/staging"));
}

TEST_P(Folder, WithoutAWorkspaceOutputsLiveAsLongAsTheOutcome) {
  std::string kept;
  {
    const auto out = execute(counting(), {{"data", write("a.txt", "xyz")}}, {});
    ASSERT_TRUE(out) << out.error().text();
    kept = out->blobs.at("backwards");
    EXPECT_EQ(*files::read(kept), "zyx");
  }
  EXPECT_FALSE(fs::exists(kept));
}

TEST_P(Folder, AssetsAreVersionedAndLocated) {
  auto workspace = Workspace::open(folder);
  const auto content = workspace->objects().put("rows");
  const AssetVersion asset{"dataset", "loans", crypto::digest_of("name"), *content, "me", "{}", 0, 5};
  EXPECT_EQ(workspace->store().register_asset(asset)->version, 1);
  EXPECT_EQ(workspace->store().register_asset(asset)->version, 1);
  auto other = asset;
  other.digest = crypto::digest_of("other");
  EXPECT_EQ(workspace->store().register_asset(other)->version, 2);
  for (const char* ref : {"loans", "dataset:loans", "loans@1", "dataset:loans@latest"}) {
    const auto found = workspace->locate(ref);
    ASSERT_TRUE(found) << ref << found.error().text();
    EXPECT_EQ(found->path, workspace->objects().path_of(*content));
  }
  EXPECT_EQ(workspace->locate("loans@1")->digest, asset.digest);
  EXPECT_EQ(workspace->locate(other.digest)->ref, "dataset:loans@2");
  EXPECT_EQ(workspace->locate(content->substr(0, 19))->digest, *content);
  EXPECT_EQ(workspace->locate("loans@3").error().code, Code::kNotFound);
  EXPECT_EQ(workspace->locate("dataset:laons").error().code, Code::kNotFound);
  EXPECT_EQ(workspace->locate("sha256:0123").error().code, Code::kNotFound);
}

TEST_P(Folder, TheAuditChainShowsAnyChange) {
  auto workspace = Workspace::open(folder);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(workspace->store().audit(i * 1000, "me", "test", "thing", std::to_string(i)));
  auto entries = *workspace->store().audit_entries();
  const auto id = *workspace->store().log_id();
  ASSERT_EQ(entries.size(), 5u);
  EXPECT_EQ(first_broken(entries, id), 0);
  auto changed = entries;
  changed[2].detail = "9";
  EXPECT_EQ(first_broken(changed, id), 3);
  changed = entries;
  changed.erase(changed.begin() + 1);
  EXPECT_EQ(first_broken(changed, id), 2);
  EXPECT_EQ(first_broken(entries, "another log"), 1);
}

TEST_P(Folder, ANewerWorkspaceIsRefused) {
  ASSERT_TRUE(Workspace::open(folder));
  sql(postgresql() ? "UPDATE " + schema + ".meta SET value = '99' WHERE key = 'format'" : "PRAGMA user_version = 99");
  const auto refused = Workspace::open(folder);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_NE(refused.error().what.find("99"), std::string::npos);
}

TEST_P(Folder, ADamagedDatabaseIsSaid) {
  if (postgresql()) {
    auto workspace = Workspace::open(folder);
    sql("DROP TABLE " + schema + ".run");
    EXPECT_EQ(workspace->store().runs().error().code, Code::kCorrupt);
    return;
  }
  fs::create_directories(folder + "/.assay");
  write(".assay/workspace.db", std::string(8192, 'x'));
  const auto refused = Workspace::open(folder);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kCorrupt) << refused.error().text();
}

TEST_P(Folder, AReadOnlyWorkspaceIsSaid) {
  if (postgresql()) return;  // its own: store_postgresql_test.cc
  ASSERT_TRUE(Workspace::open(folder));
  fs::permissions(folder, fs::perms{0755});
  for (const auto& each : fs::recursive_directory_iterator(folder + "/.assay"))
    fs::permissions(each.path(), fs::perms{each.is_directory() ? 0555u : 0444u});
  fs::permissions(folder + "/.assay", fs::perms{0555});
  const auto open = [&] {
    const auto refused = Workspace::open(folder);
    return !refused && refused.error().code == Code::kPermissionDenied ? 7 : 0;
  };
  EXPECT_EQ(in_child(open, true), 7);
  fs::permissions(folder + "/.assay", fs::perms{0755});
}

TEST_P(Folder, LeftoversOfDeadProcessesGoEvenWhenTheirNumberLives) {
  auto workspace = Workspace::open(folder);
  Context context;
  context.workspace = &*workspace;
  const auto mine = std::to_string(::getpid());
  const auto staging = folder + "/.assay/staging/";
  for (const auto& name : {mine + "-00000000-1.abcdef", mine + ".abcdef", mine + "-" + process_mark(::getpid()) + ".x"})
    fs::create_directories(staging + name);
  ASSERT_TRUE(execute(counting(), {{"data", write("a.txt", "abc")}}, context));
  EXPECT_FALSE(fs::exists(staging + mine + "-00000000-1.abcdef"));
  EXPECT_TRUE(fs::exists(staging + mine + ".abcdef"));  // of an older Assay: the number is all there is
  EXPECT_TRUE(fs::exists(staging + mine + "-" + process_mark(::getpid()) + ".x"));
}

INSTANTIATE_TEST_SUITE_P(Store, Folder, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace assay::workspace
