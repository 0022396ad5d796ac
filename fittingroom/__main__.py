from fittingroom import cli

if __name__ == "__main__":
    cli.app(prog_name="fittingroom")
