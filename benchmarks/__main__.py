"""`python -m benchmarks [NAME…]`: measures, prints tables, and writes JSON to `benchmarks/results`."""

import argparse

from benchmarks import first_epoch, growth, pages, service_start, slots, specs_check, stream, training

ALL = {
    "first-epoch": first_epoch.measure,
    "service-start": service_start.measure,
    "specs-check": specs_check.measure,
    "training": training.measure,
    "slots": slots.measure,
    "growth": growth.measure,
    "stream": stream.measure,
    "pages": pages.measure,
}


def main() -> None:
    """Measures what is named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(ALL)}; by default all")
    names = parser.parse_args().names or list(ALL)
    if unknown := set(names) - ALL.keys():
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    for name in names:
        result = ALL[name]()
        result.show()
        print(f"kept in {result.keep()}\n")


if __name__ == "__main__":
    main()
