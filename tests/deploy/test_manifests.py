"""The manifests: what kustomize makes of them, the published schemas, and their commands against the Makefile."""

import functools
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
NAMES = sorted(path.name for path in DEPLOY.glob("*.yaml") if path.name != "kustomization.yaml")
# Settings of this Makefile, once the training on several nodes is in it.
NODES = {"NNODES", "NODE_RANK", "RDZV_ENDPOINT"}


def objects(text):
    return [it for it in yaml.safe_load_all(text) if it]


def written():
    """{(file, kind): object} of all manifests."""
    return {(name, it["kind"], it["metadata"].get("name", "")): it
            for name in NAMES for it in objects((DEPLOY / name).read_text(encoding="utf-8"))}  # fmt: skip


def by_kind(kind):
    return [it for (_, its, _), it in written().items() if its == kind]


def built(folder=DEPLOY):
    """What `kubectl apply -k` would send."""
    if not (kubectl := shutil.which("kubectl")):
        pytest.skip("no kubectl on PATH: what kustomize makes of the manifests was not looked at")
    result = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return objects(result.stdout)


def pods(it):
    """The containers of an object, each with "requests" and "limits" under "resources"."""
    match it["kind"]:
        case "Task":
            return [{**step, "resources": step["computeResources"]} for step in it["spec"]["steps"]]
        case "CronJob":
            return it["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        case "TrainJob":
            return [{"resources": it["spec"]["trainer"]["resourcesPerNode"]}]
    return []


# Schemas -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["PersistentVolumeClaim", "ServiceAccount", "Role", "RoleBinding", "CronJob", "ConfigMap"]
)
def test_kubernetes_own_kinds_are_valid(kind):
    validate = pytest.importorskip("kubernetes_validate", reason="install kubernetes-validate to check these")
    found = by_kind(kind)
    assert found
    for it in found:
        validate.validate(it, "1.34", strict=True)


def test_the_trainjob_is_one_of_the_published_models():
    if not importlib.util.find_spec("kubeflow_trainer_api"):
        pytest.skip("install kubeflow-trainer-api to check the TrainJob")
    from kubeflow_trainer_api import models

    job = by_kind("TrainJob")[0]
    read = models.TrainerV1alpha1TrainJob.from_dict(job)
    # What the model does not know is lost on the way.
    assert read.to_dict() == job


@functools.cache
def crd_schemas():
    """{(group and version, kind): schema} of the folder in KONFLUX_CRDS, which deploy/crds.sh fills."""
    folder = os.environ.get("KONFLUX_CRDS")
    if not folder:
        pytest.skip("KONFLUX_CRDS is not set: deploy/crds.sh fetches the schemas of Tekton, Kueue and Trainer")
    found = {}
    for path in Path(folder).glob("*.yaml"):
        spec = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["spec"]
        for version in spec["versions"]:
            name = f"{spec['group']}/{version['name']}", spec["names"]["kind"]
            found[name] = closed(version["schema"]["openAPIV3Schema"])
    return found


def closed(schema):
    """`schema` that refuses fields which it does not name, as the API server does in strict mode."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    made = {key: closed(part) for key, part in schema.items() if key != "format"}
    if isinstance(schema.get("properties"), dict):
        made["properties"] = {key: closed(part) for key, part in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields") and schema.get("type") == "object":
            made.setdefault("additionalProperties", False)
    return made


@pytest.mark.parametrize("kind", [
    "Task", "Pipeline", "PipelineRun", "ResourceFlavor", "ClusterQueue", "LocalQueue", "TrainJob",
])  # fmt: skip
def test_other_kinds_follow_the_schemas_of_their_projects(kind):
    schemas = crd_schemas()
    found = by_kind(kind)
    assert found
    for it in found:
        schema = schemas[it["apiVersion"], kind]
        schema = {**schema, "properties": {**schema["properties"], "metadata": {"type": "object"}}}
        jsonschema.validate(it, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**it, "spec": {**it.get("spec", {}), "strange": 1}}, schema)


def test_api_versions_are_those_that_are_served():
    versions = {it["kind"]: it["apiVersion"] for it in written().values()}
    assert {versions[kind] for kind in ("Task", "Pipeline", "PipelineRun")} == {"tekton.dev/v1"}
    kueue = {versions[kind] for kind in ("ResourceFlavor", "ClusterQueue", "LocalQueue")}
    assert kueue == {"kueue.x-k8s.io/v1beta2"} and versions["TrainJob"] == "trainer.kubeflow.org/v1alpha1"


# kustomize ------------------------------------------------------------------------------------------------------------


def test_the_settings_get_everywhere(tmp_path):
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    settings = yaml.safe_load((DEPLOY / "settings.yaml").read_text(encoding="utf-8"))
    settings["data"] = {name: f"x-{name}" for name in settings["data"]}
    (tmp_path / "deploy/settings.yaml").write_text(yaml.safe_dump(settings))
    made = built(tmp_path / "deploy")
    text = yaml.safe_dump_all(made)
    assert "set by kustomize" not in text and all(f"x-{name}" in text for name in settings["data"])
    kinds = {it["kind"]: it for it in made}
    assert "settings" not in kinds["ConfigMap"]["metadata"]["name"]
    assert {step["image"] for it in made if it["kind"] == "Task" for step in it["spec"]["steps"]} == {"x-image"}
    assert {it["name"]: it["default"] for it in kinds["Pipeline"]["spec"]["params"]} == {
        "start-url": "x-startUrl", "config": "x-config", "data": "x-data", "endpoint": "x-endpoint",
        "teacher": "x-teacher",
    }  # fmt: skip
    container = pods(kinds["CronJob"])[0]
    assert container["image"] == "x-image"
    assert {it["name"]: it["value"] for it in container["env"]} == {
        "HOME": "/tmp", "START_URL": "x-startUrl", "CONFIG": "x-config", "DATA": "x-data",
    }  # fmt: skip


def test_the_cronjob_starts_the_run_that_is_in_the_repository():
    maps = [it for it in built() if it["kind"] == "ConfigMap"]
    mounted = by_kind("CronJob")[0]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"][1]["configMap"][
        "name"
    ]
    text = next(it["data"]["pipelinerun.yaml"] for it in maps if it["metadata"]["name"] == mounted)
    assert yaml.safe_load(text) == by_kind("PipelineRun")[0]
    assert "@/run/template/pipelinerun.yaml" in pods(by_kind("CronJob")[0])[0]["args"][0]


# What leads from one object to another --------------------------------------------------------------------------------


def test_every_name_leads_somewhere():
    names = {(it["kind"], it["metadata"].get("name")) for it in written().values()}
    text = "".join((DEPLOY / name).read_text(encoding="utf-8") for name in NAMES)
    fields = {"claimName": "PersistentVolumeClaim", "taskRef: {name": "Task", "clusterQueue": "ClusterQueue",
              "serviceAccountName": "ServiceAccount", "queue-name": "LocalQueue"}  # fmt: skip
    for field, kind in fields.items():
        used = re.findall(rf"{re.escape(field)}: *([\w-]+)", text)
        assert used and all((kind, name) in names for name in used), field
    assert ("Pipeline", by_kind("PipelineRun")[0]["spec"]["pipelineRef"]["name"]) in names
    flavors = {flavor["name"] for group in by_kind("ClusterQueue")[0]["spec"]["resourceGroups"]
               for flavor in group["flavors"]}  # fmt: skip
    assert flavors == {name for kind, name in names if kind == "ResourceFlavor"}


def test_the_stages_follow_each_other_and_get_their_parameters():
    pipeline, make = by_kind("Pipeline")[0], next(it for it in by_kind("Task") if "params" in it["spec"])
    tasks = pipeline["spec"]["tasks"]
    assert [task["name"] for task in tasks] == ["prepare", "crawl", "generate", "train", "evaluate", "export"]
    assert [task.get("runAfter") for task in tasks] == [None] + [[task["name"]] for task in tasks[:-1]]
    declared = {it["name"] for it in pipeline["spec"]["params"]}
    used = set(re.findall(r"\$\(params\.([\w-]+)\)", yaml.safe_dump(tasks)))
    assert used == declared
    for task in tasks[1:]:
        assert {it["name"] for it in task["params"]} == {it["name"] for it in make["spec"]["params"]}
        assert task["timeout"] != "1h0m0s"
    timeouts = by_kind("PipelineRun")[0]["spec"]["timeouts"]
    assert timeouts["pipeline"] == "24h" and timeouts["tasks"] == "23h", "tasks and what is after them fit"


def test_every_pod_fits_into_the_queue():
    """Kueue never admits a pod that asks for a resource which no flavor has, or for more than there is."""

    def number(quantity):
        text = str(quantity)
        return int(text.removesuffix("Gi")) * (2**30 if text.endswith("Gi") else 1)

    groups = by_kind("ClusterQueue")[0]["spec"]["resourceGroups"]
    quota = {it["name"]: number(it["nominalQuota"]) for group in groups for flavor in group["flavors"]
             for it in flavor["resources"]}  # fmt: skip
    assert {name for group in groups for name in group["coveredResources"]} == set(quota)
    for it in written().values():
        count = it["spec"]["trainer"]["numNodes"] if it["kind"] == "TrainJob" else 1
        for container in pods(it):
            asked = {**container["resources"].get("limits", {}), **container["resources"]["requests"]}
            assert {name: number(value) * count <= quota[name] for name, value in asked.items()} == dict.fromkeys(
                asked, True
            )


# Commands -------------------------------------------------------------------------------------------------------------


def commands():
    """(manifest, target, settings) of each call of make: targets and names of settings."""
    for task in by_kind("Pipeline")[0]["spec"]["tasks"][1:]:
        params = {it["name"]: it["value"] for it in task["params"]}
        yield "pipeline.yaml", params["target"], [setting.split("=")[0] for setting in params["settings"]]
    for kind, name in (("CronJob", "cronjob.yaml"), ("TrainJob", "trainjob.yaml")):
        it = by_kind(kind)[0]
        text = (pods(it)[0].get("args") or it["spec"]["trainer"]["args"])[0].replace("\\\n", " ")
        for line in re.findall(r"\bmake (-q )?(VENV=\S+ .*?)(?:;|$)", text, re.M):
            words = line[1].split()
            yield name, next(word for word in words if "=" not in word), [w.split("=")[0] for w in words if "=" in w]


@pytest.mark.parametrize("name, target, settings", list(commands()))
def test_every_command_is_one_of_the_makefile(name, target, settings):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    unset = re.search(r"^UNSET *:= ((?:.*\\\n)*.*)", makefile, re.M)[1].replace("\\", "").split()
    known = {*re.findall(r"^([A-Z_]+) *:=", makefile, re.M), *unset}
    if set(settings) & NODES and not (ROOT / "config/multi-gpu.yaml").exists():
        pytest.skip("the training on several nodes is not in the Makefile yet")
    assert settings and set(settings) <= known, set(settings) - known
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M))
    # The CronJob asks for the file that `make train` makes.
    assert target in targets or (name, target) == ("cronjob.yaml", '"$model"')


def test_all_stages_are_called():
    assert {target for _, target, _ in commands()} == {"crawl", "generate", "train", "evaluate", "export", '"$model"'}


@pytest.mark.parametrize("data, config, expected", [
    ("generated", "config/embedded.yaml", "models/generated-embedded/model.gguf"),
    ("pre-generated/demo", "config/gpu.yaml", "models/pre-generated-demo-gpu/model.gguf"),
])  # fmt: skip
def test_the_cronjob_asks_for_the_file_that_the_makefile_makes(data, config, expected):
    line = re.search(r"^ *(model=.*)$", pods(by_kind("CronJob")[0])[0]["args"][0], re.M)[1]
    shown = subprocess.run(["bash", "-c", f'{line}; echo "$model"'], env={**os.environ, "DATA": data, "CONFIG": config},
                           capture_output=True, text=True)  # fmt: skip
    assert shown.stdout.strip() == expected
    plan = subprocess.run(
        ["make", "-pn", "help", f"DATA={data}", f"CONFIG={config}"], cwd=ROOT, capture_output=True, text=True
    )
    assert f"\n{expected}: " in plan.stdout


def test_the_containerfile():
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    if hadolint := shutil.which("hadolint"):
        result = subprocess.run([hadolint, DEPLOY / "Containerfile"], capture_output=True, text=True)
        assert result.returncode == 0, result.stdout
    froms = re.findall(r"^FROM (\S+)", text, re.M)
    assert len(froms) == 2 and all(re.search(r":[\d.]+", image) for image in froms), "a version of each image"
    assert re.search(r"^USER [1-9]", text, re.M), "no root"
    # The tools that scripts/setup/environment.sh demands.
    for stage in re.split(r"^FROM ", text, flags=re.M)[1:]:
        assert {"gcc", "g++", "git", "jq", "make", "python3", "python3-venv"} <= set(stage.split())
    # The environment is where the manifests say it is.
    assert "VENV=/app/venv setup" in text
    for name in ("tasks.yaml", "cronjob.yaml", "trainjob.yaml"):
        assert "VENV=/app/venv" in (DEPLOY / name).read_text(encoding="utf-8")
