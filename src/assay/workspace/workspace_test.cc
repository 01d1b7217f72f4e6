#include "assay/workspace/workspace.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "assay/base/crypto.h"
#include "assay/workspace/code_version.h"
#include "assay/workspace/execute.h"
#include "assay/workspace/operations.h"

namespace assay::workspace {
namespace {

namespace fs = std::filesystem;
using operation::Evidence;
using operation::Json;

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    std::string made = testing::TempDir() + "assayXXXXXX";
    folder = ::mkdtemp(made.data());
  }
  void TearDown() override { fs::remove_all(folder); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder + "/" + name) << text;
    return folder + "/" + name;
  }
  std::string folder;
};

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

TEST_F(Folder, ASecondRunIsACacheHitWithTheSameEvidence) {
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

TEST_F(Folder, DamagedOrMissingObjectsAreMadeAnew) {
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

TEST_F(Folder, FailuresAreRecordedAndNeverCached) {
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

TEST_F(Folder, WithoutAWorkspaceOutputsLiveAsLongAsTheOutcome) {
  std::string kept;
  {
    const auto out = execute(counting(), {{"data", write("a.txt", "xyz")}}, {});
    ASSERT_TRUE(out) << out.error().text();
    kept = out->blobs.at("backwards");
    EXPECT_EQ(*files::read(kept), "zyx");
  }
  EXPECT_FALSE(fs::exists(kept));
}

TEST_F(Folder, AssetsAreVersionedAndLocated) {
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

TEST_F(Folder, TheAuditChainShowsAnyChange) {
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

TEST_F(Folder, ANewerWorkspaceIsRefused) {
  ASSERT_TRUE(Workspace::open(folder));
  ASSERT_EQ(std::system(("python3 -c \"import sqlite3; c=sqlite3.connect('" + folder +
                         "/.assay/workspace.db'); c.execute('PRAGMA user_version=99'); c.commit()\"")
                            .c_str()),
            0);
  const auto refused = Workspace::open(folder);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_NE(refused.error().what.find("99"), std::string::npos);
}

TEST_F(Folder, ADamagedDatabaseIsSaid) {
  fs::create_directories(folder + "/.assay");
  write(".assay/workspace.db", std::string(8192, 'x'));
  const auto refused = Workspace::open(folder);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kCorrupt) << refused.error().text();
}

// The rest of a child's life without root's power to write anywhere.
int as_nobody(const std::function<int()>& body) {
  const auto child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(99);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST_F(Folder, AReadOnlyWorkspaceIsSaid) {
  ASSERT_TRUE(Workspace::open(folder));
  fs::permissions(folder, fs::perms{0755});
  for (const auto& each : fs::recursive_directory_iterator(folder + "/.assay"))
    fs::permissions(each.path(), fs::perms{each.is_directory() ? 0555u : 0444u});
  fs::permissions(folder + "/.assay", fs::perms{0555});
  EXPECT_EQ(as_nobody([&] {
              const auto refused = Workspace::open(folder);
              return !refused && refused.error().code == Code::kPermissionDenied ? 7 : 0;
            }),
            7);
  fs::permissions(folder + "/.assay", fs::perms{0755});
}

TEST_F(Folder, TwoProcessesWriteOneWorkspace) {
  ASSERT_TRUE(Workspace::open(folder));
  std::vector<pid_t> crew;
  for (int who = 0; who < 4; ++who) {
    const auto child = ::fork();
    if (child == 0) {
      auto mine = Workspace::open(folder);
      bool fine = mine.has_value();
      for (int i = 0; fine && i < 25; ++i)
        fine = mine->store().audit(i, "p" + std::to_string(who), "write", "", "").has_value();
      ::_exit(fine ? 0 : 1);
    }
    crew.push_back(child);
  }
  for (const auto child : crew) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  auto workspace = Workspace::open(folder);
  const auto entries = workspace->store().audit_entries();
  EXPECT_EQ(entries->size(), 100u);
  EXPECT_EQ(first_broken(*entries, *workspace->store().log_id()), 0);
}

TEST_F(Folder, AWriterThatHangsIsNamed) {
  auto workspace = Workspace::open(folder);
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const auto child = ::fork();
  if (child == 0) {
    const auto line = "flock " + folder + "/.assay/workspace.db.lock sh -c 'echo $$ > " + folder +
                      "/.assay/workspace.db.lock; sleep 9'";
    (void)!::write(ready[1], "x", 1);
    ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
  }
  char c;
  (void)!::read(ready[0], &c, 1);
  ::usleep(300'000);
  const auto refused = workspace->store().audit(1, "me", "x", "", "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_NE(refused.error().what.find("pid "), std::string::npos) << refused.error().text();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_F(Folder, RunsOfDeadProcessesAreMarked) {
  auto workspace = Workspace::open(folder);
  const auto child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  RunRecord run{"1", "test.count", "running", "", "me", this_host(), "", "", 1, 0, child, 1, {}, {}};
  ASSERT_TRUE(workspace->store().begin_run(run));
  run.id = "2", run.pid = ::getpid();
  ASSERT_TRUE(workspace->store().begin_run(run));
  EXPECT_EQ(*workspace->store().mark_dead_runs(this_host()), 1);
  const auto runs = *workspace->store().runs();
  EXPECT_EQ(runs[0].state + runs[1].state, "runningpreempted");
}

}  // namespace
}  // namespace assay::workspace
