"""Fit a classifier of churn."""

import argparse

import mlflow
from customers import FEATURES, read
from sklearn.ensemble import HistGradientBoostingClassifier


def main() -> None:
    """Read customers, fit, save."""
    parser = argparse.ArgumentParser()
    for name in ("--customers", "--learning-rate", "--model"):
        parser.add_argument(name, required=True)
    arguments = parser.parse_args()
    customers = read(arguments.customers)
    classifier = HistGradientBoostingClassifier(
        learning_rate=float(arguments.learning_rate), categorical_features="from_dtype"
    )
    classifier.fit(customers[FEATURES], customers["churned"])
    mlflow.sklearn.save_model(classifier, arguments.model)


if __name__ == "__main__":
    main()
