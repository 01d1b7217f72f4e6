// Load on a server on loopback: many kept connections, each with one request under way, until so many were answered.
//   assay_load PORT TOKEN REQUESTS CONNECTIONS < lines of "METHOD TARGET STATUS [BODY]"
// The lines are sent in turn. Out comes one line of JSON; exit 1 when an answer failed: another status, no answer, or a
// body shorter than it said.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Line {
  std::string text;  // the whole request
  std::string name;
  int status = 0;
};

struct Connection {
  int socket = -1;
  std::string out, in;
  const Line* line = nullptr;
  Clock::time_point sent;
};

int open_socket(int port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET, at.sin_port = htons(static_cast<std::uint16_t>(port)),
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) return made;
  ::close(made);
  return -1;
}

std::vector<Line> read_lines(const std::string& port, const std::string& token) {
  std::vector<Line> lines;
  for (std::string row; std::getline(std::cin, row);) {
    const auto a = row.find(' '), b = row.find(' ', a + 1), c = row.find(' ', b + 1);
    const auto body = c == std::string::npos ? "" : row.substr(c + 1);
    Line line;
    line.name = row.substr(0, b), line.status = std::atoi(row.c_str() + b + 1);
    line.text = line.name + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAuthorization: Bearer " + token + "\r\n";
    if (!body.empty())
      line.text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    line.text += "\r\n" + body;
    lines.push_back(std::move(line));
  }
  return lines;
}

// Bytes of the whole answer in `in`, 0 while it is not whole.
std::size_t whole(const std::string& in) {
  const auto end = in.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  const auto at = in.find("Content-Length: ");
  const std::size_t body = at < end ? static_cast<std::size_t>(std::atoll(in.c_str() + at + 16)) : 0;
  return in.size() >= end + 4 + body ? end + 4 + body : 0;
}

double at_rank(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto i = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(i), values.end());
  return values[i];
}

class Load {
 public:
  Load(int port, std::vector<Line> lines, long requests) : port_(port), lines_(std::move(lines)), left_(requests) {}

  bool run(std::size_t connections) {
    const auto start = Clock::now();
    std::vector<Connection> all(connections);
    std::vector<pollfd> waits(connections);
    for (auto& each : all) begin(each);
    while (open_ > 0) {
      for (std::size_t i = 0; i < all.size(); ++i)
        waits[i] = {all[i].line ? all[i].socket : -1,
                    static_cast<short>(all[i].out.empty() ? POLLIN : POLLIN | POLLOUT), 0};
      if (::poll(waits.data(), waits.size(), 30'000) <= 0) {
        std::fprintf(stderr, "no answer for 30 s\n");
        failed_ += open_;
        break;
      }
      for (std::size_t i = 0; i < all.size(); ++i)
        if (waits[i].revents) move(all[i]);
    }
    report(std::chrono::duration<double>(Clock::now() - start).count());
    return failed_ == 0;
  }

 private:
  void begin(Connection& c) {
    if (c.line) --open_;
    c.line = nullptr;
    if (left_ == 0) return;
    if (c.socket < 0) c.socket = open_socket(port_);
    if (c.socket < 0) return static_cast<void>(++failed_);
    c.line = &lines_[next_++ % lines_.size()];
    c.out = c.line->text, c.in.clear(), c.sent = Clock::now();
    --left_, ++open_;
  }

  void broken(Connection& c) {
    ::close(c.socket);
    c.socket = -1, ++failed_;
    begin(c);
  }

  void move(Connection& c) {
    if (!c.out.empty()) {
      const auto sent = ::send(c.socket, c.out.data(), c.out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) c.out.erase(0, static_cast<std::size_t>(sent));
    }
    char buffer[1 << 16];
    const auto got = ::recv(c.socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return broken(c);
    if (got > 0) c.in.append(buffer, static_cast<std::size_t>(got));
    const auto size = whole(c.in);
    if (size == 0) return;
    bytes_ += size;
    const int status = std::atoi(c.in.c_str() + 9);
    if (status != c.line->status) {
      if (++failed_ < 5) std::fprintf(stderr, "%s: %s\n", c.line->name.c_str(), c.in.substr(0, 300).c_str());
    }
    times_[c.line->name].push_back(std::chrono::duration<double, std::milli>(Clock::now() - c.sent).count());
    begin(c);
  }

  void report(double seconds) {
    std::size_t answered = 0;
    std::vector<double> every;
    std::string rows;
    for (auto& [name, times] : times_) {
      answered += times.size();
      every.insert(every.end(), times.begin(), times.end());
      char row[512];
      std::snprintf(row, sizeof row, "%s{\"request\": \"%s\", \"count\": %zu, \"p50_ms\": %.3f, \"p99_ms\": %.3f}",
                    rows.empty() ? "" : ", ", name.c_str(), times.size(), at_rank(times, .5), at_rank(times, .99));
      rows += row;
    }
    std::printf(
        "{\"answered\": %zu, \"failed\": %ld, \"seconds\": %.2f, \"per_s\": %.0f, \"bytes\": %zu, \"p50_ms\": %.3f, "
        "\"p99_ms\": %.3f, \"requests\": [%s]}\n",
        answered, failed_, seconds, static_cast<double>(answered) / seconds, bytes_, at_rank(every, .5),
        at_rank(every, .99), rows.c_str());
  }

  int port_;
  std::vector<Line> lines_;
  long left_, open_ = 0, failed_ = 0;
  std::size_t next_ = 0, bytes_ = 0;
  std::map<std::string, std::vector<double>> times_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return std::fprintf(stderr, "assay_load PORT TOKEN REQUESTS CONNECTIONS < requests\n"), 2;
  Load load(std::atoi(argv[1]), read_lines(argv[1], argv[2]), std::atol(argv[3]));
  return load.run(static_cast<std::size_t>(std::atol(argv[4]))) ? 0 : 1;
}
