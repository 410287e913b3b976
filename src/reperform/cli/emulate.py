"""`reperform emulate`."""

from __future__ import annotations

import click


@click.command()
@click.option("--port", default=0, show_default="a free one", help="Of the loopback interface.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="ENGINE:PHASE:KIND[=VALUE][:TIMES]",
    help="What goes wrong, such as fal:poll:500:3 or sync:result:short=2. TIMES may be *.",
)
@click.option("--delay", type=float, default=0.15, show_default=True, help="Seconds a job takes, a third of it queued.")
@click.option("--price", "prices", multiple=True, metavar="ENGINE/MODEL=USD", help="US dollars a second.")
@click.option("--audio-bounces", is_flag=True, help="Bounce, loop and remap act on the sound, as Runware words it.")
@click.option("--no-label", is_flag=True, help="Leave the direction out of the picture.")
@click.option("--list-faults", is_flag=True, help="Say what can go wrong, and stop.")
def command(
    port: int,
    faults: tuple[str, ...],
    delay: float,
    prices: tuple[str, ...],
    audio_bounces: bool,
    no_label: bool,
    list_faults: bool,
) -> int:
    """Serve the contracts of sync, runware, segmind and fal on this machine, for trying and testing.

    Prints one line of JSON with its address, its keys and its own token, and serves until it is interrupted. Nothing
    leaves this machine and nothing costs anything; the jobs return real media, labelled.
    """
    from reperform.emulator import faults as kinds

    if list_faults:
        for name, what in {**kinds.OF_REQUESTS, **kinds.OF_JOBS, **kinds.OF_RESULTS}.items():
            click.echo(f"{name:18}{what}")
        return 0
    from reperform.emulator.commanding import serve

    serve(
        port=port,
        faults=[kinds.parse(text) for text in faults],
        delay=delay,
        prices=prices,
        audio_bounces=audio_bounces,
        label=not no_label,
    )
    return 0
