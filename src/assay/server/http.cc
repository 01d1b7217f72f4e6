#include "assay/server/http.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <condition_variable>
#include <set>
#include <thread>

#include "assay/base/files.h"
#include "assay/server/http_text.h"
#include "assay/server/problem.h"
#include "assay/server/service.h"

namespace assay::server {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;
using Clock = std::chrono::steady_clock;
using Code_ = boost::system::error_code;
using Head = http::request_parser<http::empty_body>;
using Body = http::request_parser<http::buffer_body>;

constexpr std::size_t kChunk = 256 << 10;

struct Peer {
  explicit Peer(tcp::socket socket) : stream(std::move(socket)) {}
  beast::tcp_stream stream;
  beast::flat_buffer buffer{128 << 10};
  Clock::time_point since = Clock::now();
  bool idle = true;

  void close() {
    Code_ code;
    stream.socket().shutdown(tcp::socket::shutdown_both, code);
    stream.socket().close(code);
  }
};

// Waits for something that another thread, or the clock, brings. Used on the network's thread only.
struct Signal {
  explicit Signal(const net::any_io_executor& on) : timer(on) {}
  net::steady_timer timer;
  bool raised = false;
  void raise() {
    raised = true;
    timer.cancel();
  }
};

net::awaitable<void> wait(std::shared_ptr<Signal> signal, std::chrono::milliseconds longest) {
  Code_ code;
  if (!signal->raised) {
    signal->timer.expires_after(longest);
    co_await signal->timer.async_wait(net::redirect_error(net::use_awaitable, code));
  }
}

Request request_of(const http::request<http::empty_body>& head) {
  Request out;
  out.method = std::string(head.method_string()), out.target = std::string(head.target());
  for (const auto& field : head) {
    std::string name(field.name_string());
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    auto& value = out.headers[name];
    if (!value.empty()) value += name == "cookie" ? "; " : ", ";
    value += std::string(field.value());
  }
  return out;
}

Error too_large(std::uint64_t limit) {
  return {Code::kInvalidArgument, "the body is larger than " + std::to_string(limit >> 20) + " MiB", "body",
          "send less, or upload the file and name its digest"};
}

}  // namespace

struct Http::Impl {
  explicit Impl(Limits given) : limits(given), acceptor(io), work(net::make_work_guard(io)) {}

  net::awaitable<void> accept();
  net::awaitable<void> serve(std::shared_ptr<Peer> peer);
  net::awaitable<bool> next_request(Peer& peer);
  net::awaitable<bool> exchange(std::shared_ptr<Peer> peer);
  net::awaitable<std::optional<Response>> read_body(Peer& peer, Head& head, Service::Admission& admission);
  net::awaitable<Response> answer(Service::Admission admission);
  net::awaitable<bool> send(Peer& peer, const Response& response, bool body, bool keep);
  net::awaitable<bool> write(Peer& peer, std::string_view first, std::string_view second = {});
  net::awaitable<void> stream(std::shared_ptr<Peer> peer, const Response& response);
  net::awaitable<void> watch(std::shared_ptr<Peer> peer, std::shared_ptr<Signal> signal, std::shared_ptr<bool> gone);
  bool make_room();
  void count_out(const std::shared_ptr<Peer>& peer);

  Limits limits;
  Service* service = nullptr;
  net::io_context io{1};
  tcp::acceptor acceptor;
  net::executor_work_guard<net::io_context::executor_type> work;
  std::set<std::shared_ptr<Peer>> peers;
  std::set<std::shared_ptr<Signal>> feeds;  // of the streams of events, to end them
  bool closing = false, ending = false;     // no new connections; no more events
  std::thread thread;

  std::mutex mutex;  // for those who wait that all have gone
  std::condition_variable none_left;
  std::size_t left = 0;
};

Http::Http(Limits limits) : impl_(std::make_unique<Impl>(limits)) {}
Http::~Http() { stop(); }

Result<std::uint16_t> Http::listen(const std::string& address, std::uint16_t port) {
  Code_ code;
  const auto where = address + ":" + std::to_string(port);
  const auto ip = net::ip::make_address(address, code);
  if (code)
    return fail(Code::kInvalidArgument, "\"" + address + "\" is no address of a machine", "--listen",
                "write it as 127.0.0.1:8650 or [::1]:8650");
  auto& acceptor = impl_->acceptor;
  const tcp::endpoint at(ip, port);
  acceptor.open(at.protocol(), code);
  if (!code) acceptor.set_option(net::socket_base::reuse_address(true), code);
  if (!code) acceptor.bind(at, code);
  if (!code) acceptor.listen(net::socket_base::max_listen_connections, code);
  if (!code) return acceptor.local_endpoint().port();
  Code_ ignored;
  acceptor.close(ignored);
  if (code == net::error::address_in_use)
    return fail(Code::kUnavailable, "another program listens there", where,
                "choose another port, or stop that program");
  if (code == net::error::access_denied)
    return fail(Code::kPermissionDenied, "only the system's owner may listen there", where,
                "choose a port from 1024 on");
  return fail(Code::kInvalidArgument, "cannot listen there: " + code.message(), where,
              "choose an address of this machine");
}

void Http::start(Service& service) {
  impl_->service = &service;
  net::co_spawn(impl_->io, impl_->accept(), net::detached);
  impl_->thread = std::thread([this] { impl_->io.run(); });
}

void Http::close_door() {
  net::post(impl_->io, [this] {
    Code_ code;
    impl_->closing = true;
    impl_->acceptor.close(code);
    for (const auto& peer : impl_->peers)
      if (peer->idle) peer->close();
  });
}

bool Http::drain(std::chrono::milliseconds longest) {
  net::post(impl_->io, [this] {
    impl_->ending = true;
    for (const auto& feed : impl_->feeds) feed->raise();
  });
  std::unique_lock lock(impl_->mutex);
  return impl_->none_left.wait_for(lock, longest, [&] { return impl_->left == 0; });
}

void Http::stop() {
  impl_->io.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

void Http::Impl::count_out(const std::shared_ptr<Peer>& peer) {
  peers.erase(peer);
  const std::lock_guard lock(mutex);
  if (--left == 0) none_left.notify_all();
}

// Whoever has been idle longest makes room, so that connections kept open for nothing shut nobody out.
bool Http::Impl::make_room() {
  if (peers.size() < limits.connections) return true;
  std::shared_ptr<Peer> oldest;
  for (const auto& peer : peers)
    if (peer->idle && (!oldest || peer->since < oldest->since)) oldest = peer;
  if (oldest) oldest->close();
  return oldest != nullptr;
}

net::awaitable<void> Http::Impl::accept() {
  net::steady_timer pause(io);
  while (!closing) {
    Code_ code;
    auto socket = co_await acceptor.async_accept(net::redirect_error(net::use_awaitable, code));
    if (code == net::error::operation_aborted || closing) co_return;
    if (code) {  // out of descriptors, mostly: go on when there are some
      pause.expires_after(std::chrono::milliseconds(50));
      co_await pause.async_wait(net::redirect_error(net::use_awaitable, code));
      continue;
    }
    if (!make_room()) continue;  // the socket closes as it goes
    socket.set_option(tcp::no_delay(true), code);
    auto peer = std::make_shared<Peer>(std::move(socket));
    peers.insert(peer);
    {
      const std::lock_guard lock(mutex);
      ++left;
    }
    net::co_spawn(io, serve(peer), [this, peer](std::exception_ptr) { count_out(peer); });
  }
}

net::awaitable<void> Http::Impl::serve(std::shared_ptr<Peer> peer) {
  while (co_await next_request(*peer)) {
    peer->idle = false;
    const bool open = co_await exchange(peer);
    if (!open || closing) break;
    peer->idle = true, peer->since = Clock::now();
  }
  Code_ code;  // a polite end: what was written arrives before the reset that unread input would cause
  peer->stream.socket().shutdown(tcp::socket::shutdown_send, code);
  if (!code && !peer->idle) {
    char rest[4096];
    peer->stream.expires_after(std::chrono::seconds(1));
    for (int reads = 0; reads < 256 && !code; ++reads)
      co_await peer->stream.async_read_some(net::buffer(rest), net::redirect_error(net::use_awaitable, code));
  }
  peer->close();
}

// The first byte of a request, or false when none comes.
net::awaitable<bool> Http::Impl::next_request(Peer& peer) {
  if (peer.buffer.size() > 0) co_return true;
  Code_ code;
  peer.stream.expires_after(limits.idle);
  const auto got =
      co_await peer.stream.async_read_some(peer.buffer.prepare(4096), net::redirect_error(net::use_awaitable, code));
  peer.buffer.commit(got);
  co_return !code && got > 0;
}

// One request and its answer; false when the connection is to end.
net::awaitable<bool> Http::Impl::exchange(std::shared_ptr<Peer> peer) {
  Code_ code;
  Head head;
  head.header_limit(limits.head_bytes);
  head.body_limit(boost::none);
  peer->stream.expires_after(limits.request);
  co_await http::async_read_header(peer->stream, peer->buffer, head, net::redirect_error(net::use_awaitable, code));
  if (code) {
    if (code.category() != http::make_error_code(http::error::bad_value).category() ||
        code == http::error::end_of_stream || code == http::error::partial_message)
      co_return false;
    const bool large = code == http::error::header_limit || code == http::error::buffer_overflow;
    auto refused = problem({Code::kInvalidArgument,
                            large ? "the head of the request is larger than 16 KiB" : "not HTTP: " + code.message(),
                            "head", large ? "send fewer or shorter headers" : "speak HTTP/1.1"},
                           large ? 431 : 400);
    secure(refused);
    co_await send(*peer, refused, true, false);
    co_return false;
  }
  const bool body_wanted = head.get().method() != http::verb::head;
  bool keep = head.get().keep_alive();
  auto admission = service->admit(request_of(head.get()));
  std::optional<Response> response = std::move(admission.refused);
  if (response)
    keep = keep && head.is_done();  // a body that was refused unread cannot be stepped over
  else if (response = co_await read_body(*peer, head, admission); response)
    keep = false;
  if (!response) {
    const auto file = admission.upload_to;
    response = co_await answer(std::move(admission));
    if (!file.empty()) ::unlink(file.c_str());  // what became an object has moved away
  }
  if (response->status == 0) co_return false;
  if (response->feed && body_wanted) {
    co_await stream(peer, *response);
    co_return false;
  }
  keep = keep && !closing;
  co_return co_await send(*peer, *response, body_wanted, keep) && keep;
}

// None when the whole body is there; else the refusal, or a response of status 0 when the client has gone.
net::awaitable<std::optional<Response>> Http::Impl::read_body(Peer& peer, Head& head, Service::Admission& admission) {
  const auto refuse = [](const Error& e, int status) {
    auto out = problem(e, status);
    secure(out);
    return out;
  };
  auto& request = admission.call.request;
  const auto limit = admission.body_limit;
  if (head.content_length() && *head.content_length() > limit) co_return refuse(too_large(limit), 413);
  int file = -1;
  if (!admission.upload_to.empty()) {
    file = ::open(admission.upload_to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) co_return refuse(files::error_of(errno, admission.upload_to), 503);
    request.upload = admission.upload_to;
  }
  if (request.header("expect") == "100-continue" && !head.is_done())
    if (!co_await write(peer, "HTTP/1.1 100 Continue\r\n\r\n")) co_return Response{0, {}, {}, {}, {}, {}, {}};
  Body body(std::move(head));
  std::string chunk(64 << 10, '\0');
  std::uint64_t total = 0, paid = 0;
  std::optional<Response> refused;
  Code_ code;
  peer.stream.expires_after(limits.request);
  while (!body.is_done() && !refused) {
    body.get().body().data = chunk.data(), body.get().body().size = chunk.size();
    co_await http::async_read(peer.stream, peer.buffer, body, net::redirect_error(net::use_awaitable, code));
    if (code == http::error::need_buffer) code = {};
    const auto got = chunk.size() - body.get().body().size;
    if (code) refused = Response{0, {}, {}, {}, {}, {}, {}};
    total += got;
    if (!refused && total > limit) refused = refuse(too_large(limit), 413);
    if (!refused && file < 0) request.body.append(chunk, 0, got);
    if (!refused && file >= 0 && ::write(file, chunk.data(), got) != static_cast<ssize_t>(got))
      refused = refuse(files::error_of(errno ? errno : ENOSPC, "uploads"), 507);
    if (file >= 0 && total - paid >= 1 << 20) paid = total, peer.stream.expires_after(limits.request);
  }
  if (file >= 0) {
    ::close(file);
    if (refused) ::unlink(admission.upload_to.c_str());
  }
  co_return refused;
}

net::awaitable<Response> Http::Impl::answer(Service::Admission admission) {
  const auto here = co_await net::this_coro::executor;
  struct Box {
    explicit Box(const net::any_io_executor& on) : signal(std::make_shared<Signal>(on)) {}
    std::shared_ptr<Signal> signal;
    Response response;
  };
  const auto box = std::make_shared<Box>(here);
  service->answer(std::move(admission), [box, here](Response response) {
    const auto held = std::make_shared<Response>(std::move(response));
    net::post(here, [box, held] {
      box->response = std::move(*held);
      box->signal->raise();
    });
  });
  while (!box->signal->raised) co_await wait(box->signal, std::chrono::hours(1));
  co_return std::move(box->response);
}

net::awaitable<bool> Http::Impl::write(Peer& peer, std::string_view first, std::string_view second) {
  Code_ code;
  const std::array<net::const_buffer, 2> both{net::buffer(first.data(), first.size()),
                                              net::buffer(second.data(), second.size())};
  peer.stream.expires_after(limits.write);
  co_await net::async_write(peer.stream, both, net::redirect_error(net::use_awaitable, code));
  co_return !code;
}

net::awaitable<bool> Http::Impl::send(Peer& peer, const Response& response, bool body, bool keep) {
  const auto head = head_text(response, keep);
  if (!body || response.status == 304) co_return co_await write(peer, head);
  if (response.file) {
    bool good = co_await write(peer, head);
    for (std::uint64_t at = 0; good && at < response.file->size(); at += kChunk) {
      const auto part = response.file->read(at, kChunk);
      good = part && co_await write(peer, *part);
    }
    co_return good;
  }
  std::string_view rest = response.body.empty() ? response.fixed : std::string_view(response.body);
  const auto first = rest.substr(0, kChunk);
  bool good = co_await write(peer, head, first);
  for (rest.remove_prefix(first.size()); good && !rest.empty(); rest.remove_prefix(std::min(kChunk, rest.size())))
    good = co_await write(peer, rest.substr(0, kChunk));
  co_return good;
}

net::awaitable<void> Http::Impl::watch(std::shared_ptr<Peer> peer, std::shared_ptr<Signal> signal,
                                       std::shared_ptr<bool> gone) {
  Code_ code;
  co_await peer->stream.socket().async_wait(tcp::socket::wait_read, net::redirect_error(net::use_awaitable, code));
  *gone = true;  // a client of a stream has nothing more to say: it has closed
  signal->raise();
}

// Events as they come. The ring is the buffer: a slow client reads it later, one that reads nothing is dropped.
net::awaitable<void> Http::Impl::stream(std::shared_ptr<Peer> peer, const Response& response) {
  const auto here = co_await net::this_coro::executor;
  const auto signal = std::make_shared<Signal>(here);
  const auto gone = std::make_shared<bool>(false);
  auto& events = service->events();
  const auto& feed = *response.feed;
  const auto handle = events.listen([signal, here] { net::post(here, [signal] { signal->raise(); }); });
  feeds.insert(signal);
  net::co_spawn(here, watch(peer, signal, gone), net::detached);
  std::string text = head_text(response, false) + "retry: 1000\n\n";
  for (const auto& event : feed.first) text += event_text(event);
  auto after = feed.after;
  bool good = co_await write(*peer, text);
  while (good && !*gone && !ending) {
    signal->raised = false;
    const auto batch = events.after(feed.topics, after, 256, &after);
    text.clear();
    for (const auto& event : batch) text += event_text(event);
    if (batch.empty()) {
      co_await wait(signal, limits.heartbeat);
      if (signal->raised) continue;
      text = ": still here\n\n";
    }
    good = co_await write(*peer, text);
  }
  if (good && !*gone) {  // what was told last, before the end of the server
    text.clear();
    for (const auto& event : events.after(feed.topics, after, 256)) text += event_text(event);
    co_await write(*peer, text);
  }
  feeds.erase(signal);
  events.unlisten(handle);
  peer->close();  // ends the watch too
}

}  // namespace assay::server
