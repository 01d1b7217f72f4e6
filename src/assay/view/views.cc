#include "assay/view/view.h"

namespace assay::view {

const std::vector<View>& views() {
  static const std::vector<View> all;
  return all;
}

}  // namespace assay::view
