#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "assay/base/accumulator.h"
#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/base/philox.h"
#include "assay/base/threads.h"
#include "assay/base/time.h"

namespace assay {
namespace {

TEST(Error, SaysFourThings) {
  const Error e = Error{Code::kNotFound, "no such column", "income", "did you mean \"incomes\"?"}.at("loans.csv");
  EXPECT_EQ(e.text(), "not-found at loans.csv: income: no such column; did you mean \"incomes\"?");
  EXPECT_EQ(exit_status(Code::kInvalidArgument), 2);
  EXPECT_EQ(exit_status(Code::kCorrupt), 3);
  EXPECT_EQ(exit_status(Code::kCancelled), 130);
  EXPECT_EQ(exit_status(Code::kInternal), 70);
  EXPECT_EQ(http_status(Code::kFailedPrecondition), 412);
}

// Vectors of the Random123 distribution (kat_vectors, philox4x32-10).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(Philox(0xffffffffffffffffull, 0xffffffffffffffffull).block(0xffffffffffffffffull),
            (std::array<std::uint32_t, 4>{0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu}));
  EXPECT_EQ(Philox(0x299f31d0a4093822ull, 0x0370734413198a2eull).block(0x85a308d3243f6a88ull),
            (std::array<std::uint32_t, 4>{0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u}));
}

TEST(Philox, UniformFillsTheUnitInterval) {
  const Philox r = Philox(7).fork(3);
  double sum = 0, least = 1, most = 0;
  for (std::uint64_t i = 0; i < 100000; ++i) {
    const double u = r.uniform(i);
    sum += u, least = std::min(least, u), most = std::max(most, u);
    ASSERT_LT(r.below(i, 10), 10u);
  }
  EXPECT_NEAR(sum / 100000, 0.5, 0.005);
  EXPECT_LT(least, 1e-4);
  EXPECT_GT(most, 1 - 1e-4);
}

struct Sum {
  double total = 0;
  void add(double x) { total += x; }
  void merge(const Sum& other) { total += other.total; }
  double finish() const { return total; }
};

TEST(Accumulate, SameBitsForAnyNumberOfThreads) {
  const Philox r(1);
  const auto run = [&](int threads) {
    tbb::task_arena arena(threads);
    return arena.execute([&] {
      Task task;
      return accumulate(
                 1'000'000, Sum{},
                 [&](Sum& s, std::size_t from, std::size_t to) {
                   for (auto i = from; i < to; ++i) s.add(r.uniform(i) - 0.5);
                 },
                 task)
          ->finish();
    });
  };
  EXPECT_EQ(run(1), run(2));
  EXPECT_EQ(run(1), run(7));
}

TEST(Accumulate, StopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  Task task(source.get_token());
  const auto none = accumulate(10, Sum{}, [](Sum&, std::size_t, std::size_t) {}, task);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::kCancelled);
}

TEST(Time, ReadsAndWritesRfc3339) {
  EXPECT_EQ(time::text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(time::text(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(*time::parse("2026-06-01T12:00:00Z"), 1780315200000000);
  EXPECT_EQ(time::text(*time::parse("2024-02-29")), "2024-02-29T00:00:00Z");
  EXPECT_EQ(*time::parse("1970-01-01T00:00:00.5Z"), 500000);
  for (const char* bad :
       {"", "2026-13-01", "2025-02-29", "2026-06-01T24:00:00Z", "2026-06-01T12:00:00", "2026-06-01 ", "x"})
    EXPECT_FALSE(time::parse(bad)) << bad;
}

TEST(Crypto, DigestsAndEncodings) {
  EXPECT_EQ(crypto::digest_of("abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(crypto::hex(crypto::Sha256().add("a").add("bc").finish()), crypto::hex(crypto::sha256("abc")));
  EXPECT_EQ(crypto::base64("any carnal pleas"), "YW55IGNhcm5hbCBwbGVhcw==");
  EXPECT_EQ(*crypto::unbase64("YW55IGNhcm5hbCBwbGVhcw=="), "any carnal pleas");
  for (const char* bad : {"YW55IGNhcm5hbCBwbGVhcw=", "YW55IGNhcm5hbCBwbGVhcx==", "YW5 ", "YW5\n", "====", "YW5-/A=="})
    EXPECT_FALSE(crypto::unbase64(bad)) << bad;
  EXPECT_EQ(*crypto::unhex("00fF"), std::string("\0\xff", 2));
  EXPECT_FALSE(crypto::unhex("0"));
  EXPECT_FALSE(crypto::unhex("0g"));
}

// RFC 8032, test 2.
TEST(Crypto, SignsAsTheStandardSays) {
  auto key = *crypto::key_from_seed(*crypto::unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  const std::string open(reinterpret_cast<const char*>(key.open.data()), 32);
  EXPECT_EQ(crypto::hex(open), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const auto mark = crypto::sign(key, "\x72");
  EXPECT_EQ(crypto::hex(mark),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4"
            "302aeeb00d291612bb0c00");
  EXPECT_TRUE(crypto::verify(open, "\x72", mark));
  for (std::size_t i = 0; i < mark.size(); ++i) {
    auto changed = mark;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(crypto::verify(open, "\x72", changed));
  }
  EXPECT_FALSE(crypto::verify(open, "\x73", mark));
  EXPECT_FALSE(crypto::verify(std::string(32, '\0'), "\x72", mark));  // a point of small order
  crypto::wipe(key);
  EXPECT_EQ(key.secret[0] | key.secret[31], 0);
}

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string made = testing::TempDir() + "assayXXXXXX";
    folder = ::mkdtemp(made.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::string folder;
};

TEST_F(Files, AreWholeOrOld) {
  const auto path = folder + "/a";
  ASSERT_TRUE(files::write(path, "one", 0600));
  EXPECT_EQ(*files::read(path), "one");
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms{0600});
  EXPECT_EQ(files::read(path, 2).error().code, Code::kExhausted);
  EXPECT_EQ(files::read(folder).error().code, Code::kInvalidArgument);
  EXPECT_EQ(files::read(folder + "/none").error().code, Code::kNotFound);
  EXPECT_EQ(files::write(folder + "/none/b", "x").error().code, Code::kNotFound);
}

// A limit on file size stands for the full disk: the old content stays, no part is left behind.
TEST_F(Files, AFullDiskLeavesTheOldContent) {
  const auto path = folder + "/a";
  ASSERT_TRUE(files::write(path, "old"));
  const auto child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto refused = files::write(path, std::string(5000, 'x'));
    ::_exit(!refused && refused.error().code == Code::kExhausted ? 7 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(*files::read(path), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
}

TEST(Threads, AreAtLeastOne) { EXPECT_GE(ThreadLimit(0).count(), 1); }

}  // namespace
}  // namespace assay
