// One capability, defined once: a name, a summary, a request, a response and the function between them. The command
// line, the server and Python are each one generic loop over the list of operations.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/task.h"
#include "assay/operation/evidence.h"
#include "assay/operation/json.h"

namespace assay::operation {

struct Argument {  // one request field as the front ends see it; nested structs are flattened to "split.test"
  std::string name, type, help;  // type: string integer number boolean object
  bool required = false, repeated = false, nullable = false;
  Meta meta;
  Json default_value;
};

enum class Access { kRead, kRows, kWrite, kSign, kApprove, kDeploy, kAdmin };
std::string_view access_name(Access access);

struct Operation {
  std::string noun, verb, summary;  // "stats", "profile": assay stats profile, POST .../stats:profile
  std::vector<Argument> arguments;
  Json request_schema, response_schema;
  std::function<Result<Json>(const Json& request, Task& task)> call;
  std::function<Result<Json>(const Json& request)> resolve;  // checked, and with every default filled in

  Access access = Access::kRead;
  bool evidence = false;                                    // the response is an Evidence
  bool cacheable = true;                                    // a pure function of inputs, options, seed and code
  bool long_running = false;                                // REST answers 202 and a run
  std::string example;                                      // one command line, shown in help and run by a test
  std::function<std::string(const Json& response)> render;  // text for a person; none: JSON or the table of figures

  std::function<int(const Json& response)> exit_status;  // of a judgement: 1 failed, 4 not decided; none: 0
  std::string workspace_beside;  // an argument: the workspace lies beside the file it names, and is made when absent

  std::string id() const { return noun + "." + verb; }
  Operation&& with_access(Access a) && { return access = a, std::move(*this); }
  Operation&& uncached() && { return cacheable = false, std::move(*this); }
  Operation&& slow() && { return long_running = true, std::move(*this); }
  Operation&& like(std::string line) && { return example = std::move(line), std::move(*this); }
  Operation&& beside(std::string argument) && { return workspace_beside = std::move(argument), std::move(*this); }
  Operation&& exits_by(std::function<int(const Json&)> f) && { return exit_status = std::move(f), std::move(*this); }
  Operation&& shown_by(std::function<std::string(const Json&)> r) && { return render = std::move(r), std::move(*this); }
};

template <Described T>
void list_arguments(std::vector<Argument>& out, const std::string& prefix, const Json& schema_of) {
  const T defaults{};
  for_each_field<T>([&](const auto& f) {
    using M = std::remove_cvref_t<decltype(std::declval<T>().*f.member)>;
    const std::string name(f.name);
    if constexpr (Described<M> && !Customised<M>) {
      list_arguments<M>(out, prefix + name + ".", schema_of["properties"][name]);
    } else {
      Argument a{prefix + name,          "object", std::string(f.meta.help),   f.meta.required, is_a<M, std::vector>,
                 is_a<M, std::optional>, f.meta,   to_json(defaults.*f.member)};
      const Json& property = schema_of["properties"][name];
      const Json& typed = a.repeated ? property["items"] : property;
      if (const auto type = typed.find("type"); type != typed.end()) a.type = type->is_array() ? (*type)[0] : *type;
      out.push_back(std::move(a));
    }
  });
}

template <Described Request, class Response, class Run>
Operation operation_of(std::string noun, std::string verb, std::string summary, Run run) {
  Operation made;
  made.noun = std::move(noun), made.verb = std::move(verb), made.summary = std::move(summary);
  made.request_schema = schema<Request>(), made.response_schema = schema<Response>();
  made.evidence = std::is_same_v<Response, Evidence>;
  list_arguments<Request>(made.arguments, "", made.request_schema);
  made.call = [run](const Json& in, Task& task) -> Result<Json> {
    Request request;
    ASSAY_CHECK(from_json(in, request));
    ASSAY_TRY(auto response, run(request, task));
    return to_json(response);
  };
  made.resolve = [](const Json& in) -> Result<Json> {
    Request request;
    ASSAY_CHECK(from_json(in, request));
    return to_json(request);
  };
  return made;
}

// The usual case: a plain function.
template <Described Request, class Response>
Operation operation(std::string noun, std::string verb, std::string summary,
                    Result<Response> (*run)(const Request&, Task&)) {
  return operation_of<Request, Response>(std::move(noun), std::move(verb), std::move(summary), run);
}

}  // namespace assay::operation
