#include "assay/server/client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/file_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "assay/operation/json.h"

namespace assay::server {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;
using Fault = boost::system::error_code;
using operation::Json;

namespace {

constexpr std::uint64_t kMaxAnswer = 1ull << 30;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

}  // namespace

struct Client::Impl {
  std::string host, port, token, url;
  std::stop_token stop;
  std::chrono::seconds patience{120};  // for one operation that is waited for
  net::io_context io;
  std::unique_ptr<beast::tcp_stream> stream;
  beast::flat_buffer buffer;

  Error gone(const std::string& why) const {
    return {Code::kUnavailable, "the server does not answer: " + why, url, "check the address, and that it runs there"};
  }

  // Starts one asynchronous step and waits for it, looking up ten times a second whether to stop.
  template <class Start>
  Status step(Start start) {
    Fault code;
    bool done = false;
    io.restart();
    start([&](Fault c, auto&&...) { code = c, done = true; });
    while (!done) {
      io.run_for(std::chrono::milliseconds(100));
      if (io.stopped() && !done) io.restart();
      if (done || !stop.stop_requested()) continue;
      stream->cancel();
      io.restart();
      io.run();
      return stream.reset(), fail(Code::kCancelled, "stopped before it was done");
    }
    if (!code || code == http::error::need_buffer) return {};
    stream.reset();
    return tl::unexpected<Error>(gone(code == beast::error::timeout ? "it took too long" : code.message()));
  }

  Status connect() {
    if (stream) return {};
    Fault code;
    tcp::resolver resolver(io);
    const auto found = resolver.resolve(host, port, code);
    if (code) return tl::unexpected<Error>(gone(code.message()));
    stream = std::make_unique<beast::tcp_stream>(io);
    buffer.clear();
    stream->expires_after(std::min(patience, std::chrono::seconds(10)));
    const auto status = step([&](auto then) { stream->async_connect(found, then); });
    if (!status) return status;
    stream->socket().set_option(tcp::no_delay(true), code);
    return {};
  }

  template <class Message>
  void fill(Message& message, const Sent& sent) const {
    message.method_string(sent.method), message.target(sent.target), message.version(11);
    message.set(http::field::host, host + ":" + port);
    message.set(http::field::user_agent, "assay/" ASSAY_VERSION);
    if (!token.empty()) message.set(http::field::authorization, "Bearer " + token);
    for (const auto& [name, value] : sent.headers) message.set(name, value);
  }

  template <class Message>
  Status put(Message& message) {
    stream->expires_after(patience);
    return step([&](auto then) { http::async_write(*stream, message, then); });
  }

  Status write(const Sent& sent) {
    if (sent.from_file.empty()) {
      http::request<http::string_body> message;
      fill(message, sent);
      if (sent.method != "GET") message.set(http::field::content_type, sent.type);
      message.body() = sent.body;
      message.prepare_payload();
      return put(message);
    }
    http::request<http::file_body> message;
    fill(message, sent);
    message.set(http::field::content_type, "application/octet-stream");
    Fault code;
    message.body().open(sent.from_file.c_str(), beast::file_mode::scan, code);
    if (code) return fail(Code::kNotFound, "cannot be read: " + code.message(), sent.from_file, "check the path");
    message.prepare_payload();
    return put(message);
  }

  template <class Parser>
  Status read(Parser& parser) {
    parser.body_limit(kMaxAnswer);
    stream->expires_after(patience);
    return step([&](auto then) { http::async_read(*stream, buffer, parser, then); });
  }

  Result<Answer> exchange(const Sent& sent) {
    ASSAY_CHECK(connect());
    ASSAY_CHECK(write(sent));
    Answer out;
    http::response_parser<http::empty_body> head;
    head.body_limit(kMaxAnswer), head.header_limit(64 << 10);
    stream->expires_after(patience);
    ASSAY_CHECK(step([&](auto then) { http::async_read_header(*stream, buffer, head, then); }));
    out.status = static_cast<int>(head.get().result_int());
    for (const auto& field : head.get()) out.headers[lower(field.name_string())] = std::string(field.value());
    const bool keep = head.get().keep_alive();
    if (!sent.to_file.empty() && out.status == 200) {
      http::response_parser<http::file_body> body(std::move(head));
      Fault code;
      body.get().body().open(sent.to_file.c_str(), beast::file_mode::write, code);
      if (code) return fail(Code::kPermissionDenied, "cannot be written: " + code.message(), sent.to_file);
      ASSAY_CHECK(read(body));
    } else {
      http::response_parser<http::string_body> body(std::move(head));
      ASSAY_CHECK(read(body));
      out.body = std::move(body.get().body());
    }
    if (!keep) stream.reset();
    return out;
  }
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::make(const std::string& url, const std::string& token, std::stop_token stop) {
  constexpr std::string_view kHttp = "http://";
  if (url.starts_with("https://"))
    return fail(Code::kUnsupported, "this client speaks no TLS", url,
                "reach the server through a tunnel, and name it http://");
  std::string_view rest = url;
  if (!rest.starts_with(kHttp))
    return fail(Code::kInvalidArgument, "\"" + url + "\" is no server's address", "--server", "write http://HOST:PORT");
  rest.remove_prefix(kHttp.size());
  rest = rest.substr(0, rest.find('/'));
  const auto colon = rest.rfind(':');
  const bool port = colon != rest.npos && rest.find(']', colon) == rest.npos;
  auto impl = std::make_unique<Impl>();
  impl->host = rest.substr(0, port ? colon : rest.npos), impl->port = port ? rest.substr(colon + 1) : "80";
  impl->token = token, impl->stop = stop, impl->url = std::string(kHttp) + std::string(rest);
  if (impl->host.empty() || impl->port.empty() || impl->port.find_first_not_of("0123456789") != std::string::npos)
    return fail(Code::kInvalidArgument, "\"" + url + "\" is no server's address", "--server", "write http://HOST:PORT");
  return Client(std::move(impl));
}

Result<Answer> Client::send(const Sent& sent) try {
  const bool reused = impl_->stream != nullptr;
  auto answer = impl_->exchange(sent);
  // A kept connection may have been closed at the other end meanwhile: once more on a fresh one, when nothing was done.
  if (!answer && reused && answer.error().code == Code::kUnavailable && sent.method == "GET")
    answer = impl_->exchange(sent);
  return answer;
} catch (const std::exception& e) {
  return fail(Code::kUnavailable, e.what(), impl_->url);
}

Result<Answer> Client::checked(const Sent& sent) {
  ASSAY_TRY(auto answer, send(sent));
  if (answer.status >= 400) return tl::unexpected<Error>(error_of(answer));
  return answer;
}

Status Client::follow(const std::string& target, std::string& last,
                      const std::function<bool(const std::string&, const std::string&)>& event) try {
  auto& it = *impl_;
  it.stream.reset();
  ASSAY_CHECK(it.connect());
  Sent sent;
  sent.target = target, sent.headers = {{"Accept", "text/event-stream"}};
  if (!last.empty()) sent.headers.emplace_back("Last-Event-ID", last);
  ASSAY_CHECK(it.write(sent));
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);
  it.stream->expires_after(std::chrono::seconds(60));
  ASSAY_CHECK(it.step([&](auto then) { http::async_read_header(*it.stream, it.buffer, parser, then); }));
  std::string text, chunk(1 << 16, '\0'), name, data;
  const bool good = parser.get().result_int() == 200;
  while (!parser.is_done()) {
    parser.get().body().data = chunk.data(), parser.get().body().size = chunk.size();
    it.stream->expires_after(std::chrono::seconds(60));  // a heartbeat comes every 15 s
    const auto status = it.step([&](auto then) { http::async_read_some(*it.stream, it.buffer, parser, then); });
    text.append(chunk, 0, chunk.size() - parser.get().body().size);
    for (std::size_t end; good && (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1)) {
      const auto line = text.substr(0, end);
      if (line.starts_with("event: ")) name = line.substr(7);
      if (line.starts_with("data: ")) data = line.substr(6);
      if (line.starts_with("id: ")) last = line.substr(4);
      if (!line.empty() || name.empty()) continue;
      if (!event(name, data)) return it.stream.reset(), Status{};
      name.clear(), data.clear();
    }
    if (!status && status.error().code == Code::kCancelled) return status;
    if (!status) break;
  }
  it.stream.reset();
  if (!good) return tl::unexpected<Error>(error_of({static_cast<int>(parser.get().result_int()), {}, text}));
  return {};
} catch (const std::exception& e) {
  return fail(Code::kUnavailable, e.what(), impl_->url);
}

void Client::wait_at_most(std::chrono::seconds longest) { impl_->patience = longest; }

void Client::unstop() {
  impl_->stop = {};
  impl_->stream.reset();
}

Error error_of(const Answer& answer) {
  const auto body = operation::parse_json(answer.body);
  Error out{Code::kUnavailable, "the server answered with status " + std::to_string(answer.status), {}, {}};
  if (!body || !body->is_object()) return out;
  const auto text = [&](const char* name) {
    const auto found = body->find(name);
    return found != body->end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  for (const Code code : {Code::kInvalidArgument, Code::kNotFound, Code::kAlreadyExists, Code::kFailedPrecondition,
                          Code::kPermissionDenied, Code::kCorrupt, Code::kUnsupported, Code::kExhausted,
                          Code::kCancelled, Code::kUnavailable, Code::kInternal})
    if (code_name(code) == text("code")) out.code = code;
  if (const auto detail = text("detail"); !detail.empty()) out.what = detail;
  out.where = text("where"), out.fix = text("fix");
  return out;
}

}  // namespace assay::server
