// What a person or a program gets back: text, JSON, files; and the verdict when --policy asks for one.
#pragma once

#include "assay/cli/arguments.h"
#include "assay/workspace/execute.h"

namespace assay::cli {

// Prints the outcome and writes -o; the exit status of the judgement, 0 when there is none.
Result<int> show(const operation::Operation& op, const workspace::Outcome& outcome, const Common& common,
                 const workspace::Context& context);

int report(const Error& error);  // two lines on stderr; the exit status of its code

}  // namespace assay::cli
