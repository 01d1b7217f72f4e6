#include "assay/metrics/text.h"
#include "assay/stats/repair.h"

namespace assay::stats {

using operation::Json;

std::string render_balance(const Json& evidence) {
  const Json& detail = evidence["detail"];
  std::vector<std::vector<std::string>> rows;
  for (const auto& f : evidence["figures"]) {
    const Json parameters = f.value("parameters", Json::object());
    std::string name = f["name"];
    if (f.contains("slice") && !f["slice"].empty()) name += " of " + metrics::slice_text(f["slice"]);
    const bool rate = name.starts_with("label_rate");
    rows.push_back({name, parameters.value("when", ""), rate ? metrics::percent_text(f) : metrics::number_text(f)});
  }
  std::string out = detail["method"].get<std::string>() + "\n\n" + metrics::text_table(rows) + "\n";
  if (detail.contains("cells"))
    for (const auto& cell : detail["cells"])
      if (cell.contains("why"))
        out += cell["group"].get<std::string>() + " | " + cell["label"].get<std::string>() + ": " +
               cell["why"].get<std::string>() + "\n";
  if (detail.contains("weight"))
    out += "weights stand in the column " + detail["weight"].get<std::string>() + " of the new table\n";
  return out + "Next: assay data bias TABLE --group COLUMN --label COLUMN\n";
}

}  // namespace assay::stats
