"""For mkdocs: what a nav entry FOLDER/* stands for. The pages of commands are made by the build, so their list is too."""
import pathlib


def on_config(config):
    top = pathlib.Path(config["docs_dir"])

    def expand(items):
        for item in items:
            for key, value in item.items() if isinstance(item, dict) else ():
                if isinstance(value, list):
                    expand(value)
                elif value.endswith("/*"):
                    pages = sorted((top / value[:-2]).glob("*.md"), key=lambda path: (path.name not in ("index.md", "README.md"), path.name))
                    item[key] = [str(path.relative_to(top)) for path in pages]
    expand(config["nav"])
    return config
