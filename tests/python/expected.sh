# What the command line says of the example's data: `expected.sh ASSAY DATA` writes JSON into the current folder.
set -euo pipefail
assay=$1 data=$2
"$assay" stats profile "$data" --json > profile.json
"$assay" schema infer "$data" --json > schema.json
"$assay" data split "$data" --label deny --test 0.5 -o split.arrow --json > split.json
"$assay" train linear "$data" --label deny --protected afam -o model.amodel --json > training.json
"$assay" model predict model.amodel "$data" --label deny --protected afam -o predictions.arrow --json > predictions.json
"$assay" evaluate run predictions.arrow --label label --score score --group afam --json > evaluation.json
"$assay" fairness assess predictions.arrow --label label --score score --threshold 0.2 --group afam --favorable no --json > fairness.json
