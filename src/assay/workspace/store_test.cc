// The record book by itself: what it keeps, what several processes do to it, and older formats. On both databases.
#include "assay/workspace/store.h"

#include <signal.h>

#include <filesystem>
#include <set>
#include <thread>

#include "assay/workspace/folder_fixture.h"
#include "assay/workspace/process.h"

namespace assay::workspace {
namespace {

class StoreOf : public Folder {
 protected:
  Workspace opened() const {
    auto out = Workspace::open(folder);
    EXPECT_TRUE(out) << out.error().text();
    return std::move(*out);
  }
  std::string lock_key() const {  // of the writer's lock in PostgreSQL
    const auto digest = crypto::sha256("assay:" + schema);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 8; ++i) bits = bits << 8 | digest[i];
    return std::to_string(static_cast<std::int64_t>(bits));
  }
};

std::string id(int n) { return "0190000000000" + std::to_string(100 + n) + "aaaaaaaaaaaaaaaa"; }

RunRecord run_of(int n, std::string operation, std::string parent = {}) {
  RunRecord r;
  r.id = id(n), r.operation = std::move(operation), r.state = "running", r.parent = std::move(parent), r.by = "me";
  r.host = this_host(), r.created_us = n, r.pid = ::getpid(), r.threads = 2;
  return r;
}

TEST_P(StoreOf, ARunIsKeptWhole) {
  auto space = opened();
  auto& store = space.store();
  auto r = run_of(1, "data.add");
  r.inputs = {{"data", "sha256:a"}};
  ASSERT_TRUE(store.begin_run(r));
  EXPECT_EQ(store.begin_run(r).error().code, Code::kAlreadyExists);
  EXPECT_EQ((*store.run(id(1)))->process, process_mark(::getpid()));
  r.state = "done", r.finished_us = 9'000'000'000'000'000, r.output = "sha256:o";
  r.error = "über → " + std::string("\0\xFF", 2) + "…";  // as a message that quotes a damaged file
  r.outputs = {{"", "sha256:o"}, {"table", "sha256:b"}};
  ASSERT_TRUE(store.end_run(r, CacheEntry{"key", r.id, r.output, {{"table", "sha256:b"}}}));
  ASSERT_TRUE(store.end_run(r, CacheEntry{"key", r.id, r.output, {{"table", "sha256:b"}}}));  // again does no harm
  const auto kept = **store.run(id(1));
  EXPECT_EQ(kept.finished_us, r.finished_us);
  EXPECT_EQ(kept.threads, 2);
  EXPECT_EQ(kept.inputs.size(), 1u);
  EXPECT_EQ(kept.outputs.size(), 2u);
  EXPECT_EQ(kept.error.find('\0'), std::string::npos);
  const auto cached = *store.cached("key");
  ASSERT_TRUE(cached);
  EXPECT_EQ(cached->blobs.at(0).digest, "sha256:b");
  EXPECT_EQ(cached->finished_us, r.finished_us);
  EXPECT_FALSE(*store.cached("other"));
  ASSERT_TRUE(store.forget("key"));
  EXPECT_FALSE(*store.cached("key"));
  EXPECT_EQ(*store.count_audit(), 2);
  EXPECT_EQ(first_broken(*store.audit_entries(), *store.log_id()), 0);
}

TEST_P(StoreOf, AuditTakesAnyBytes) {
  auto space = opened();
  ASSERT_TRUE(space.store().audit(1, "m\xFF", "do", std::string("a\0b", 3), "'; DROP TABLE audit; --"));
  const auto entries = *space.store().audit_entries();
  EXPECT_EQ(entries.at(0).object, "a?b");
  EXPECT_EQ(entries.at(0).actor, "m?");
  EXPECT_EQ(first_broken(entries, *space.store().log_id()), 0);
}

TEST_P(StoreOf, NarrowLooksFindWhatTheyShould) {
  auto space = opened();
  auto& store = space.store();
  for (int n = 1; n <= 12; ++n) {
    auto r = run_of(n, n % 2 ? "data.add" : "train.linear", n > 6 ? id(1) : "");
    ASSERT_TRUE(store.begin_run(r));
    if (n == 12) continue;
    r.state = n == 11 ? "failed" : "done", r.finished_us = n + 1, r.output = "sha256:same";
    r.inputs = {{"data", "sha256:in"}}, r.outputs = {{"", r.output}};
    ASSERT_TRUE(store.end_run(r, {}));
  }
  EXPECT_EQ((*store.run(id(3).substr(0, 16)))->id, id(3));
  EXPECT_FALSE(*store.run(id(3).substr(0, 13)));  // several begin so
  EXPECT_FALSE(*store.run("nothing"));
  RunFilter f;
  f.parent = "";
  EXPECT_EQ(store.runs(f)->size(), 6u);
  f.parent = id(1);
  EXPECT_EQ(*store.count_runs(f), 6);
  f = {}, f.operation = "data.add", f.limit = 2;
  auto page = *store.runs(f);
  EXPECT_EQ(page.at(0).id + page.at(1).id, id(11) + id(9));
  EXPECT_EQ(page.at(1).inputs.at(0).digest, "sha256:in");
  f.before = page.back().id;
  EXPECT_EQ(store.runs(f)->at(0).id, id(7));
  EXPECT_EQ(*store.count_runs(f), 6);
  f = {}, f.state = "running";
  EXPECT_EQ(store.runs(f)->at(0).id, id(12));
  EXPECT_EQ(store.runs_making("sha256:same", 1)->at(0).id, id(10));
  EXPECT_EQ(store.runs_reading("sha256:in", 3)->size(), 3u);
  EXPECT_EQ(store.runs_making("sha256:same")->size(), 10u);
  EXPECT_EQ(store.runs(3)->at(0).id, id(12));
  const auto last = *store.latest_audit(2);
  EXPECT_EQ(last.at(0).seq, 11);
  EXPECT_EQ(store.latest_audit(2, last.back().seq)->at(0).seq, 9);
}

TEST_P(StoreOf, AssetsComePageByPageInTheSameOrder) {
  auto space = opened();
  auto& store = space.store();
  for (const char* name :
       {"b", "a_b", "aB", "ab", "é", "a b"})  // bytewise everywhere, whatever language the server has
    for (const char* digest : {"sha256:1", "sha256:2"})
      ASSERT_TRUE(store.register_asset({"dataset", name, digest, digest, "me", "{}", 0, 5}));
  const auto all = *store.assets("dataset", "");
  EXPECT_EQ(all.size(), 12u);
  EXPECT_EQ(all.at(0).name + all.at(2).name + all.at(4).name + all.at(6).name + all.at(10).name, "a baBa_babé");
  AssetFilter f;
  f.limit = 5;
  std::vector<AssetVersion> paged;
  for (auto page = *store.assets(f); !page.empty(); page = *store.assets(f)) {
    paged.insert(paged.end(), page.begin(), page.end());
    f.after_kind = paged.back().kind, f.after_name = paged.back().name, f.after_version = paged.back().version;
  }
  ASSERT_EQ(paged.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(paged[i].name, all[i].name);
  EXPECT_EQ(*store.count_assets("dataset"), 12);
  EXPECT_EQ(*store.count_assets("model"), 0);
  EXPECT_EQ((*store.asset("dataset", "ab"))->version, 2);
  EXPECT_EQ((*store.asset("dataset", "ab", 1))->digest, "sha256:1");
  EXPECT_FALSE(*store.asset("dataset", "ab", 3));
  EXPECT_EQ(store.register_asset({"dataset", "\xFF", "d", "c", "me", "{}", 0, 5}).error().code, Code::kInvalidArgument);
}

TEST_P(StoreOf, ManyProcessesWriteAtOnce) {
  std::vector<pid_t> crew;
  for (int who = 0; who < 4; ++who) {  // they also make it, all at once
    const auto child = ::fork();
    if (child == 0) {
      auto mine = Workspace::open(folder);
      bool fine = mine.has_value();
      for (int i = 0; fine && i < 25; ++i) {
        const auto name = "sha256:" + std::to_string(who * 100 + i);
        fine = mine->store().register_asset({"dataset", "shared", name, name, "me", "{}", 0, i}).has_value();
      }
      if (!mine) ADD_FAILURE() << mine.error().text();
      ::_exit(fine ? 0 : 1);
    }
    crew.push_back(child);
  }
  for (const auto child : crew) EXPECT_EQ(ended(child), 0);
  auto space = opened();
  const auto entries = *space.store().audit_entries();
  EXPECT_EQ(entries.size(), 100u);
  EXPECT_EQ(first_broken(entries, *space.store().log_id()), 0);
  std::set<std::string> digests;
  const auto all = *space.store().assets("dataset", "shared");
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].version, static_cast<std::int64_t>(i + 1));
    digests.insert(all[i].digest);
  }
  EXPECT_EQ(digests.size(), 100u);
}

TEST_P(StoreOf, AKilledWriterLosesNothingItAcknowledged) {
  opened();
  std::int64_t acknowledged = 0;
  for (int round = 0; round < 10; ++round) {
    int said[2];
    ASSERT_EQ(::pipe(said), 0);
    const auto child = ::fork();
    if (child == 0) {
      auto mine = Workspace::open(folder);
      while (mine && mine->store().audit(1, "child", "write", "", "") && ::write(said[1], "x", 1) == 1) {
      }
      ::_exit(1);
    }
    ::close(said[1]);
    char c;
    ASSERT_EQ(::read(said[0], &c, 1), 1);
    ++acknowledged;
    ::usleep(static_cast<unsigned>(3000 + 2777 * round));
    ::kill(child, SIGKILL);
    EXPECT_EQ(ended(child), -SIGKILL);
    while (::read(said[0], &c, 1) == 1) ++acknowledged;
    ::close(said[0]);
  }
  auto space = opened();
  ASSERT_TRUE(space.store().audit(2, "me", "after", "", ""));  // nobody is left holding the lock
  const auto entries = *space.store().audit_entries();
  EXPECT_GE(static_cast<std::int64_t>(entries.size()), acknowledged + 1);
  EXPECT_LE(static_cast<std::int64_t>(entries.size()), acknowledged + 11);
  EXPECT_EQ(first_broken(entries, *space.store().log_id()), 0);
}

TEST_P(StoreOf, AWriterThatHangsIsNamed) {
  auto space = opened();
  const auto lock = folder + "/.assay/workspace.db.lock";
  const auto line = postgresql() ? "exec psql -q -X '" + url +
                                       "?application_name=hanging' -c 'BEGIN; SELECT pg_advisory_xact_lock(" +
                                       lock_key() + "), pg_sleep(9)' > /dev/null 2>&1"
                                 : "exec flock " + lock + " sh -c 'echo $$ > " + lock + "; exec sleep 9'";
  const auto child = ::fork();
  if (child == 0) {
    ::setpgid(0, 0);
    ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
  }
  ::usleep(500'000);
  const auto refused = space.store().audit(1, "me", "x", "", "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_NE(refused.error().what.find(postgresql() ? "hanging" : "pid "), std::string::npos) << refused.error().text();
  ::kill(-child, SIGKILL);
  ended(child);
}

TEST_P(StoreOf, RunsOfDeadProcessesAreMarked) {
  auto space = opened();
  auto& store = space.store();
  const auto child = ::fork();
  if (child == 0) ::_exit(0);
  ended(child);
  auto r = run_of(1, "test.count");
  r.pid = child;
  ASSERT_TRUE(store.begin_run(r));
  ASSERT_TRUE(store.begin_run(run_of(2, "test.count")));
  r = run_of(3, "test.count"), r.process = "00000000-1";  // this process's number, used by another before it
  ASSERT_TRUE(store.begin_run(r));
  r = run_of(4, "test.count"), r.pid = child, r.host = "elsewhere";
  ASSERT_TRUE(store.begin_run(r));
  EXPECT_EQ(*store.mark_dead_runs(this_host()), 2);
  std::string states;
  for (int n = 1; n <= 4; ++n) states += (*store.run(id(n)))->state + " ";
  EXPECT_EQ(states, "preempted running preempted running ");
}

// As the first release made it.
std::string format_one(bool postgresql, const std::string& schema, const std::string& hash) {
  std::string out =
      "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);\n"
      "CREATE TABLE run (id TEXT PRIMARY KEY, operation TEXT NOT NULL, state TEXT NOT NULL, parent TEXT NOT NULL, "
      "created_by TEXT NOT NULL, host TEXT NOT NULL, error TEXT NOT NULL, output TEXT NOT NULL, created_us BIGINT NOT "
      "NULL, finished_us BIGINT NOT NULL, pid BIGINT NOT NULL, threads BIGINT NOT NULL);\n"
      "CREATE INDEX run_output ON run (output);\n"
      "CREATE TABLE edge (run TEXT NOT NULL, direction INTEGER NOT NULL, role TEXT NOT NULL, digest TEXT NOT NULL, "
      "PRIMARY KEY (run, direction, role));\n"
      "CREATE INDEX edge_digest ON edge (digest, direction);\n"
      "CREATE TABLE step_cache (key TEXT PRIMARY KEY, run TEXT NOT NULL, output TEXT NOT NULL, blobs TEXT NOT NULL);\n"
      "CREATE TABLE asset (kind TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL, digest TEXT NOT NULL, "
      "content TEXT NOT NULL, created_by TEXT NOT NULL, created_us BIGINT NOT NULL, meta TEXT NOT NULL, PRIMARY KEY "
      "(kind, name, version));\n"
      "CREATE INDEX asset_digest ON asset (digest);\n"
      "CREATE TABLE audit (seq BIGINT PRIMARY KEY, us BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, "
      "object "
      "TEXT NOT NULL, detail TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL);\n"
      "INSERT INTO meta VALUES ('log_id', 'abc');\n"
      "INSERT INTO run VALUES ('" +
      id(1) + "', 'data.add', 'done', '', 'me', 'here', '', 'sha256:o', 1, 2, 3, 4);\n" + "INSERT INTO edge VALUES ('" +
      id(1) + "', 1, '', 'sha256:o');\nINSERT INTO audit VALUES (1, 0, 'me', 'run.done', 'data.add', '', '" +
      audit_start("abc") + "', '" + hash + "');\n";
  if (!postgresql) return out + "PRAGMA user_version = 1;\n";
  return "CREATE SCHEMA " + schema + ";\nSET search_path = " + schema + ";\n" + out +
         "INSERT INTO meta VALUES ('format', '1');\n";
}

TEST_P(StoreOf, TheFirstFormatIsBroughtUpToDate) {
  std::filesystem::create_directories(folder + "/.assay");
  AuditEntry first;
  first.seq = 1, first.actor = "me", first.action = "run.done", first.object = "data.add",
  first.prev = audit_start("abc");
  sql(format_one(postgresql(), schema, audit_hash(first)));
  std::vector<pid_t> crew;
  for (int who = 0; who < 3; ++who) {  // all at once
    const auto child = ::fork();
    if (child == 0) ::_exit(Workspace::open(folder).has_value() ? 0 : 1);
    crew.push_back(child);
  }
  for (const auto child : crew) EXPECT_EQ(ended(child), 0);
  auto space = opened();
  const auto kept = *space.store().run(id(1));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->threads, 4);
  EXPECT_EQ(kept->process, "");
  EXPECT_EQ(space.store().runs_making("sha256:o", 1)->size(), 1u);
  ASSERT_TRUE(space.store().audit(1, "me", "x", "", ""));
  EXPECT_EQ(first_broken(*space.store().audit_entries(), *space.store().log_id()), 0);
  EXPECT_EQ(*space.store().count_audit(), 2);
}

INSTANTIATE_TEST_SUITE_P(On, StoreOf, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace assay::workspace
