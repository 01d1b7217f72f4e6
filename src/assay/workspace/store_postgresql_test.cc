// What only a database server can do: go away, refuse, belong to somebody else; and how a workspace names it.
#include <atomic>
#include <map>
#include <thread>

#include "assay/workspace/folder_fixture.h"
#include "assay/workspace/place.h"

namespace assay::workspace {
namespace {

TEST(Place, ReadsUrls) {
  const auto place =
      read_url("postgresql://ann%40x@db.example:5433,[::1]:5434/assay?schema=loans&sslmode=require", "c");
  ASSERT_TRUE(place) << place.error().text();
  EXPECT_EQ(place->with.at("user"), "ann@x");
  EXPECT_EQ(place->with.at("host"), "db.example,::1");
  EXPECT_EQ(place->with.at("port"), "5433,5434");
  EXPECT_EQ(place->with.at("connect_timeout"), "5");
  EXPECT_EQ(place->schema, "loans");
  EXPECT_EQ(place->text(), "postgresql://ann%40x@db.example,::1:5433,5434/assay?schema=loans");
  EXPECT_TRUE(read_url("postgres:///assay?host=/run/postgresql", "c"));
  EXPECT_TRUE(read_url("postgresql://?service=team", "c"));
}

TEST(Place, RefusesBadUrls) {
  const std::map<std::string, std::string> cases{{"mysql://h/d", "does not begin|not a URL"},
                                                 {"", "not a URL"},
                                                 {"postgresql://h", "no database"},
                                                 {"postgresql://h:99999/d", "port"},
                                                 {"postgresql://h:x/d", "port"},
                                                 {"postgresql://[::1/d", "[ without ]"},
                                                 {"postgresql://h/d%zz", "%"},
                                                 {"postgresql://h/d%0a", "control"},
                                                 {"postgresql://h/d?sslmod=require", "sslmod"},
                                                 {"postgresql://h/d?options=-cfsync=off", "options"},
                                                 {"postgresql://h/d?sslmode", "no value"},
                                                 {"postgresql://h/d?schema=A b", "plain word"},
                                                 {"postgresql://h/d?schema=pg_x", "plain word"},
                                                 {"postgresql://h/d?schema=\"; DROP", "plain word"},
                                                 {"postgresql://h/" + std::string(5000, 'd'), "4096"}};
  for (const auto& [url, says] : cases) {
    const auto refused = read_url(url, "config.yaml:1:8 store");
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
    EXPECT_NE(refused.error().text().find(says.substr(says.find('|') + 1)), std::string::npos)
        << refused.error().text();
    EXPECT_FALSE(refused.error().fix.empty()) << url;
  }
}

TEST(Place, NeverTakesNorRepeatsAPassword) {
  for (const char* url :
       {"postgresql://me:hunter2@h/d", "postgresql://me:hunter2@h:x/d?%zz", "postgresql://me@h/d?password=hunter2",
        "postgresql://h/d?sslpassword=hunter2", "postgres://me:hunter2@/", "postgresql://me:hunter2%40@h/d",
        "postgresql://me:hunter2/x@h/d", "postgresql://h/d?pass%77ord=hunter2", "postgresql://me:hun@ter2@h/d",
        "postgresql://me:12?hunter2@h/d"}) {
    const auto refused = read_url(url, "config.yaml");
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().text().find("hun"), std::string::npos) << refused.error().text();
    const bool half = std::string(url).find("?hun") != std::string::npos;  // reads as a bad parameter
    EXPECT_NE(refused.error().fix.find(half ? "postgresql://" : "PGPASSWORD"), std::string::npos)
        << refused.error().text();
  }
}

class Server : public Folder {
 protected:
  void SetUp() override {
    Folder::SetUp();
    if (const char* given = std::getenv("ASSAY_TEST_POSTGRES_CONTROL")) control = given;
  }
  void tell(const char* word) const { ASSERT_EQ(std::system((control + " " + word + " > /dev/null").c_str()), 0); }
  std::string with_user(const std::string& user) const { return "postgresql://" + user + url.substr(url.find('@')); }
  std::string control;
};

TEST_P(Server, ConfigurationsThatCannotBeAreRefused) {
  for (const auto& [text, says] : std::map<std::string, std::string>{{"store: 5", "not text"},
                                                                     {"stor: sqlite", "stor"},
                                                                     {"- store", "not a list"},
                                                                     {"store: postgresql://u:geheim@h/d", "password"},
                                                                     {"store: [", "config.yaml"}}) {
    write(".assay/config.yaml", text + "\n");
    const auto refused = Workspace::open(folder);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument) << refused.error().text();
    EXPECT_NE(refused.error().text().find(says), std::string::npos) << refused.error().text();
    EXPECT_EQ(refused.error().text().find("geheim"), std::string::npos) << refused.error().text();
    EXPECT_NE(refused.error().where.find("config.yaml"), std::string::npos) << refused.error().text();
  }
}

TEST_P(Server, AFolderIsFoundAndNamesItsStore) {
  auto space = Workspace::open(folder);
  ASSERT_TRUE(space) << space.error().text();
  EXPECT_EQ(Workspace::find(folder), folder);
  EXPECT_FALSE(std::filesystem::exists(folder + "/.assay/workspace.db"));
  EXPECT_NE(space->store().place().find("?schema=" + schema), std::string::npos) << space->store().place();
}

TEST_P(Server, OneDatabaseKeepsManyWorkspacesApart) {
  auto space = Workspace::open(folder);
  ASSERT_TRUE(space->store().audit(1, "me", "x", "", ""));
  const auto other = folder + "/other";
  std::filesystem::create_directories(other + "/.assay");
  std::ofstream(other + "/.assay/config.yaml") << "store: " << url << "\n";
  auto second = Workspace::open(other);
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_EQ(*second->store().count_audit(), 0);
  const auto theirs = second->store().place();
  std::ofstream(other + "/.assay/config.yaml") << "store: " << url << "?schema=" << schema << "\n";
  const auto refused = Workspace::open(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition) << refused.error().text();
  sql("DROP SCHEMA " + theirs.substr(theirs.find('=') + 1) + " CASCADE");
}

TEST_P(Server, UnknownDatabasesUsersAndServersAreSaid) {
  const auto opened = [&](const std::string& store) {
    write(".assay/config.yaml", "store: " + store + "\n");
    const auto refused = Workspace::open(folder);
    EXPECT_FALSE(refused);
    return refused ? Error{} : refused.error();
  };
  EXPECT_EQ(opened(url + "_none").code, Code::kNotFound);
  EXPECT_EQ(opened(with_user("nobody_here")).code, Code::kPermissionDenied);
  const auto nowhere = opened("postgresql://me@127.0.0.1:1/d");
  EXPECT_EQ(nowhere.code, Code::kUnavailable);
  EXPECT_NE(nowhere.fix.find("start the server"), std::string::npos) << nowhere.text();
  EXPECT_NE(nowhere.what.find("127.0.0.1"), std::string::npos) << nowhere.text();
}

TEST_P(Server, AUserWhoMayNotWriteIsRefused) {
  const auto user = "reader" + schema.substr(5);
  sql("CREATE ROLE " + user + " LOGIN");
  write(".assay/config.yaml", "store: " + with_user(user) + "\n");
  const auto refused = Workspace::open(folder);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kPermissionDenied) << refused.error().text();
  EXPECT_NE(refused.error().fix.find("CREATE SCHEMA"), std::string::npos) << refused.error().text();
  sql("CREATE SCHEMA " + schema + " AUTHORIZATION " + user);  // as the error advises
  EXPECT_TRUE(Workspace::open(folder));
  sql("DROP SCHEMA " + schema + " CASCADE; DROP ROLE " + user);
}

TEST_P(Server, PasswordsComeFromTheEnvironmentAndAreNotRepeated) {
  if (control.empty()) GTEST_SKIP() << "the server is not this test's own";
  const auto user = "assay_guarded";  // tools/postgres asks this one for its password
  sql("DROP ROLE IF EXISTS assay_guarded; CREATE ROLE assay_guarded LOGIN PASSWORD 'tr0ub4dor'");
  sql("CREATE SCHEMA " + schema + " AUTHORIZATION assay_guarded");
  write(".assay/config.yaml", "store: " + with_user(user) + "\n");
  const auto outcome = [&](const char* password) {
    ::setenv("PGPASSWORD", password, 1);
    const auto out = Workspace::open(folder);
    ::unsetenv("PGPASSWORD");
    return out ? std::string("open") : std::string(code_name(out.error().code)) + " " + out.error().text();
  };
  const auto wrong = outcome("xyzzy-plugh");
  EXPECT_TRUE(wrong.starts_with("permission-denied")) << wrong;
  EXPECT_EQ(wrong.find("xyzzy"), std::string::npos) << wrong;
  EXPECT_TRUE(outcome("").starts_with("permission-denied"));
  EXPECT_EQ(outcome("tr0ub4dor"), "open");
  sql("DROP SCHEMA " + schema + " CASCADE; DROP ROLE assay_guarded");
}

TEST_P(Server, ADatabaseThatComesBackIsUsedAgain) {
  if (control.empty()) GTEST_SKIP() << "the server is not this test's own";
  auto space = Workspace::open(folder);
  auto& store = space->store();
  ASSERT_TRUE(store.audit(1, "me", "before", "", ""));
  tell("stop"), tell("start");
  ASSERT_TRUE(store.audit(2, "me", "between", "", ""));  // nothing was in flight: nobody notices
  tell("kill"), tell("start");
  EXPECT_EQ(store.audit_entries()->size(), 2u);
  tell("stop");
  for (int i = 0; i < 2; ++i) {
    const auto gone = store.audit(3, "me", "gone", "", "");
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, Code::kUnavailable) << gone.error().text();
    EXPECT_FALSE(gone.error().fix.empty());
    EXPECT_EQ(store.runs().error().code, Code::kUnavailable);
  }
  EXPECT_EQ(Workspace::open(folder).error().code, Code::kUnavailable);
  tell("start");
  ASSERT_TRUE(store.audit(4, "me", "after", "", ""));
  EXPECT_EQ(store.audit_entries()->size(), 3u);
  EXPECT_EQ(first_broken(*store.audit_entries(), *store.log_id()), 0);
}

// Whatever was acknowledged is there once; whatever was refused is there at most once.
TEST_P(Server, WritersOutliveAServerThatIsKilledUnderThem) {
  if (control.empty()) GTEST_SKIP() << "the server is not this test's own";
  ASSERT_TRUE(Workspace::open(folder));
  std::atomic<bool> stop{false};
  std::vector<std::map<std::string, bool>> told(3);
  std::vector<std::thread> crew;
  for (std::size_t who = 0; who < told.size(); ++who)
    crew.emplace_back([&, who] {
      auto mine = Workspace::open(folder);
      for (int i = 0; mine && !stop; ++i) {
        const auto name = std::to_string(who) + "/" + std::to_string(i);
        const auto done = mine->store().audit(1, "me", "write", "", name);
        told[who][name] = done.has_value();
        if (!done && done.error().code != Code::kUnavailable) ADD_FAILURE() << done.error().text();
        if (!done) ::usleep(20'000);
      }
    });
  for (int round = 0; round < 4; ++round) {
    ::usleep(150'000);
    tell(round % 2 ? "stop" : "kill"), tell("start");
  }
  ::usleep(150'000);
  stop = true;
  for (auto& each : crew) each.join();
  auto space = Workspace::open(folder);
  ASSERT_TRUE(space) << space.error().text();
  const auto entries = *space->store().audit_entries();
  EXPECT_EQ(first_broken(entries, *space->store().log_id()), 0);
  std::map<std::string, int> seen;
  for (const auto& e : entries) ++seen[e.detail];
  std::size_t acknowledged = 0;
  for (const auto& each : told)
    for (const auto& [name, done] : each) {
      EXPECT_LE(seen[name], 1) << name;
      EXPECT_GE(seen[name], done ? 1 : 0) << name;
      acknowledged += done;
    }
  EXPECT_GT(acknowledged, 20u);
}

INSTANTIATE_TEST_SUITE_P(On, Server, testing::Values("postgresql"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace assay::workspace
