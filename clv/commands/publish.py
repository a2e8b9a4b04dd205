"""`clv publish [--dry-run] [--with-contacts]`, or `make publish`: send the reports of HEAD to the bucket.

Reads: the outputs of the pipeline under reports/, git, dvc.lock, .dvc/config; what is at `publish.url`.
Writes: to `publish.url`; earlier revisions stay there, except those older than the newest `publish.keep_revisions`.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from clv import params, paths
from clv.publishing.bucket import Folder
from clv.publishing.old_revisions import remove_old
from clv.publishing.publication import Upload, plan, pointer, size, upload, withheld
from clv.publishing.readers import require_private, where_to_read
from clv.publishing.remote import access
from clv.publishing.revision import OF_A_REVISION, git, opened, report_files, require_committed, require_reproduced
from clv.publishing.upload import Sent, require_all, send, switch

ABOUT = "Publish the reports of HEAD to publish.url of params.yaml, by their names."


def options(command: ArgumentParser) -> None:
    """Add the options of the command."""
    command.add_argument("--dry-run", action="store_true", help="send nothing; list what would be sent, and where")
    command.add_argument(
        "--with-contacts",
        action="store_true",
        help="also the lists of single customers, with hashed contacts; only where the public cannot read",
    )


def run(args: Namespace) -> None:
    """Publish, or list what would be published."""
    p = params.load().publish
    root = Path.cwd()
    require_committed(root, OF_A_REVISION)
    revision = git(root, "rev-parse", "HEAD")
    with opened(root) as repo:
        require_reproduced(repo, ignored=lambda path: withheld(path) and not args.with_contacts)
        reached = access(repo)
        files = plan(report_files(repo), args.with_contacts)
    uploads = [upload(path, (root / path).read_bytes(), revision) for path in files]

    if args.dry_run:
        print(table(p.url, files, [*uploads, pointer(revision)]))
        total = sum(len(one.content) for one in uploads)
        print(f"publish: nothing was sent; {len(uploads)} files, {size(total)}, would be in {p.url}/{revision}/")
        return
    folder = Folder(p.url, reached)
    sent = send_all(folder, uploads, revision, p.site)
    switch(folder, revision)
    print(
        f"publish: sent {sent.files} files, {size(sent.n_bytes)}, to {p.url}/{revision}/; {sent.there} were already "
        f"there"
    )
    if p.keep_revisions is not None:
        old = remove_old(folder, revision, p.keep_revisions)
        print(f"publish: removed {len(old)} revisions, as publish.keep_revisions is {p.keep_revisions}")
    for line in where_to_read(folder, p.site, first_page(uploads), pointer(revision)):
        print(f"publish: {line}")


def send_all(folder: Folder, uploads: Sequence[Upload], revision: str, site: str | None) -> Sent:
    """Send the public files, then, if the folder is private, the lists of customers; check that all arrived."""
    lists = [one for one in uploads if one.lists_customers]
    sent = send(folder, [one for one in uploads if not one.lists_customers], revision)
    if lists:
        require_private(folder, site, first_page(uploads))
        sent += send(folder, lists, revision)
    require_all(folder, uploads, revision)
    return sent


def first_page(uploads: Sequence[Upload]) -> Upload:
    return next(one for one in uploads if one.name.count("/") == 1 and one.name.endswith(f"/{paths.INDEX.name}"))


def table(url: str, files: Sequence[Path], uploads: Sequence[Upload]) -> str:
    """One line per object: source file, address, content type and size; the last object points to the revision."""
    sources = [*(str(path) for path in files), "(made)"]
    width = max(len(source) for source in sources)
    return "\n".join(
        f"{source:<{width}}  {url}/{one.name}  {one.content_type}  {size(len(one.content))}"
        for source, one in zip(sources, uploads, strict=True)
    )
