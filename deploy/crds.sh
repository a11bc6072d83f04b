#!/usr/bin/env bash
# Fetch the schemas that the manifests are checked against into a folder: deploy/crds.sh FOLDER
# Then: KONFLUX_CRDS=FOLDER make test. The versions are those that the manifests are written for.
set -euo pipefail
folder=$1
mkdir -p "$folder"
fetch() {
    curl -fsSL --max-time 60 -o "$folder/$1.partial" "https://raw.githubusercontent.com/$2"
    mv "$folder/$1.partial" "$folder/$1"
}
for kind in task pipeline pipelinerun; do
    fetch "$kind.yaml" "tektoncd/pipeline/v1.15.0/config/300-crds/300-$kind.yaml"
done
for kind in resourceflavors clusterqueues localqueues; do
    fetch "$kind.yaml" "kubernetes-sigs/kueue/v0.19.2/config/components/crd/bases/kueue.x-k8s.io_$kind.yaml"
done
fetch trainjobs.yaml kubeflow/trainer/v2.3.0/manifests/base/crds/trainer.kubeflow.org_trainjobs.yaml
echo "$folder: $(ls "$folder" | wc -l) schemas; next: KONFLUX_CRDS=$folder make test"
